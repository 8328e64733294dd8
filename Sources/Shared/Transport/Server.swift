public import IO

/// The workers of a process, each on its own thread.
public final class Server: Sendable {
    private let controls: [Worker.Control]
    private let threads: [NativeThread]

    /// Starts one thread for each worker; the workers belong to their threads after this.
    public init(running workers: [Worker]) throws(SystemError) {
        controls = workers.map(\.control)
        var threads: [NativeThread] = []
        for (index, worker) in workers.enumerated() {
            // Moves to its thread: the caller gives it up, and nothing here uses it again.
            nonisolated(unsafe) let worker = worker
            do throws(SystemError) {
                threads.append(
                    try NativeThread(name: "worker-\(index)") {
                        NativeThread.takeOverWhenWoken()
                        worker.run()
                    })
            } catch {
                for control in controls { control.stop() }
                for thread in threads { thread.join() }
                throw error
            }
        }
        self.threads = threads
    }

    /// Accepts nothing new; each worker ends with its last connection.
    public func drain() { for control in controls { control.drain() } }

    /// Ends all workers now.
    public func stop() { for control in controls { control.stop() } }

    /// Whether every worker has ended.
    public var hasEnded: Bool { controls.allSatisfy(\.hasEnded) }

    /// Waits for workers that have been told to end. To be called once.
    public func join() { for thread in threads { thread.join() } }
}
