import EchoService

// echo-server PORT: serves `sluice.test.Echo` for Tests/GRPC/client.py.
let port = CommandLine.arguments.dropFirst().first.flatMap { UInt16($0) } ?? 0
let echo = try RunningEcho(port: port)
print("serving 127.0.0.1:\(echo.port)")
echo.join()
