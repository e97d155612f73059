"""The local chain: LiteSVM behind Solana's JSON-RPC and WebSocket protocols, with faults on demand.

How it fits together, from the inside out:

- `ledger` runs transactions, `messages` and `recording` say what is kept of them, `tokens` reads accounts;
- `chain` fills and closes slots (`open_slot`, `blocks`, `token_accounts`), takes recorded transactions (`replay`,
  `read_recorded`, `recorded_accounts`), and lets forks die; `api` is what those who trade on it see;
- `encodings`, `parsed*`, `token_extensions`, `account_answers` and `answers` write what nodes answer;
- `methods*` on `views` with `params` and `errors` are the RPC methods, `rpc` and `http` carry them;
- `watches` and `subscriptions` are what clients wait for, `clients`, `dialects` and `websocket` carry it;
- `faults` is what goes wrong on demand, `config` what is chosen, `server` puts all of it together.
"""
