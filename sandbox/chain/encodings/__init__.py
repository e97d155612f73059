"""How accounts and transactions are written in RPC answers: json, jsonParsed, base64 and base58."""
