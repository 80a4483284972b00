"""openapi.py - the description of the API as a C header, for the program"""
import json
import sys

import yaml

with open(sys.argv[1], encoding="utf-8") as f:
    text = json.dumps(yaml.safe_load(f), separators=(",", ":"),
                      ensure_ascii=True)
print("static const char openapi_json[] = {")
data = text.encode("ascii") + b"\0"
for i in range(0, len(data), 20):
    print("\t" + ",".join(str(c) for c in data[i:i + 20]) + ",")
print("};")
