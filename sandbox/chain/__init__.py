"""A local chain: LiteSVM behind Solana's JSON-RPC and WebSocket protocols, with faults on demand.

From the inside out; each level imports only levels above it in this list:

- `errors`, `chain_api`, `config`, `faults`: error answers, what actors see of the chain, settings, faults;
- `transactions`: what is kept of a transaction;
- `encodings`: accounts and transactions as RPC answers give them;
- `replay`: recorded blocks and transactions of another chain;
- `node`: the bank that runs transactions, the open slot, blocks, forks and their history;
- `rpc`: JSON-RPC over HTTP;
- `websocket`: subscriptions;
- `server`: the clock and both ports.
"""
