package shop["old-rules"]

refuse { input.role == "thief" }
