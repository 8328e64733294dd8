# Follows the chain of an audit log: python3 verify.py FILE... in the order of their names.
import hashlib, json, sys
sequence = previous = None
for name in sys.argv[1:]:
    for line in open(name, "rb"):
        record, covered = json.loads(line), line[:line.rindex(b',"hash":"')]
        digest = hashlib.sha256(bytes.fromhex(record["prev"]) + covered).hexdigest()
        assert record["hash"] == digest, (name, record["seq"], "was altered")
        assert previous in (None, record["prev"]), (name, record["seq"], "follows another line")
        assert sequence in (None, record["seq"] - 1), (name, record["seq"], "has another number")
        sequence, previous = record["seq"], record["hash"]
