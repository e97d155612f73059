"""Programs by address: the name people know, what they are for, and where the address is from.

To add a program, add one line. A program that is not here is named by its short address.
"""

from enum import StrEnum

import msgspec

from domain.activity.claims import CLAIM_PROGRAMS


class Role(StrEnum):
    """What a program is for, as far as it helps to say what a wallet did."""

    BASIC = "basic"
    """Plumbing: never a venue."""
    PART = "part"
    """Works inside another program's trade (fees, vaults, metadata): not shown in routes."""
    ROUTER = "router"
    BOT = "bot"
    AMM = "amm"
    BOOK = "book"
    """An order book: what is paid in may wait there."""
    ORDERS = "orders"
    """Orders that a keeper fills later: limit, recurring, over the counter."""
    LAUNCH = "launch"
    """Sells new tokens along a curve."""
    STAKING = "staking"
    LENDING = "lending"
    PERPETUALS = "perpetuals"
    NFT = "nft"
    VAULT = "vault"
    """Holds and moves assets for its members: what passes through it is theirs."""
    BRIDGE = "bridge"
    CLAIM = "claim"
    """Pays out airdrops and rewards."""


class Program(msgspec.Struct, frozen=True):
    """One line of the table."""

    name: str
    role: Role
    source: str
    """Where the address was published."""


_SOLANA = "https://solana.com/docs/core/programs"
_SPL = "https://www.solana-program.com/docs"
_ACROSS = "https://docs.across.to"
_ALLBRIDGE = "https://docs-core.allbridge.io/product/how-does-allbridge-core-work/allbridge-core-contracts"
_ALLBRIDGE_CLASSIC = "https://docs.allbridge.io/allbridge-overview/bridge-contracts"
_CIRCLE = "https://developers.circle.com/cctp/references/solana-programs"
_DEBRIDGE = "https://docs.debridge.finance"
_GASZIP = "https://dev.gas.zip/gas/code-examples/svm-deposit/solana-forwarder"
_JITO = "https://docs.jito.wtf"
_JUPITER = "https://dev.jup.ag"
_KAMINO = "https://github.com/Kamino-Finance"
_LIFINITY = "https://docs.lifinity.io"
_LIGHTHOUSE = "https://github.com/Jac0xb/lighthouse"
_MAGICEDEN = "https://github.com/magiceden-oss"
_MANGO = "https://docs.mango.markets"
_MNFST = "https://github.com/CKS-Systems/manifest"
_MARINADE = "https://docs.marinade.finance"
_MAYAN = "https://docs.mayan.finance/resources/chains-contracts"
_MAYAN_SDK = "https://github.com/mayan-finance/swap-sdk (src/addresses.ts)"
_METAPLEX = "https://developers.metaplex.com"
_METEORA = "https://docs.meteora.ag"
_OPENBOOK = "https://github.com/openbook-dex"
_ORCA = "https://github.com/orca-so"
_PHOENIX = "https://github.com/Ellipsis-Labs/phoenix-v1"
_PUMP = "https://github.com/pump-fun/pump-public-docs"
_RAYDIUM = "https://docs.raydium.io/raydium/protocol/developers/addresses"
_RELAY = "https://github.com/relayprotocol/relay-depository"
_RFQ = "https://github.com/jup-ag/rfq-webhook-toolkit"
_SANCTUM = "https://github.com/igneous-labs"
_SERUM = "https://github.com/project-serum/serum-dex"
_SOLSCAN = "https://solscan.io (label of the account)"
_SPELLBOOK = "https://github.com/duneanalytics/spellbook (solana dex models)"
_SQUADS = "https://github.com/Squads-Protocol"
_SWITCHBOARD = "https://docs.switchboard.xyz"
_TENSOR = "https://github.com/tensor-foundation"
_VIXEN = "https://github.com/rpcpool/yellowstone-vixen"
_WORMHOLE = "https://wormhole.com/docs"

_CLAIMS = {address: Program(name, Role.CLAIM, source) for address, (name, source) in CLAIM_PROGRAMS.items()}
PROGRAMS: dict[str, Program] = _CLAIMS | {
    address: Program(name, Role(role), source)
    for address, name, role, source in (
        # plumbing
        ("11111111111111111111111111111111", "System", "basic", _SOLANA),
        ("ComputeBudget111111111111111111111111111111", "Compute Budget", "basic", _SOLANA),
        ("AddressLookupTab1e1111111111111111111111111", "Address Lookup Table", "basic", _SOLANA),
        ("Vote111111111111111111111111111111111111111", "Vote", "basic", _SOLANA),
        ("Config1111111111111111111111111111111111111", "Config", "basic", _SOLANA),
        ("BPFLoaderUpgradeab1e11111111111111111111111", "BPF Loader", "basic", _SOLANA),
        ("BPFLoader2111111111111111111111111111111111", "BPF Loader 2", "basic", _SOLANA),
        ("Ed25519SigVerify111111111111111111111111111", "Ed25519", "basic", _SOLANA),
        ("KeccakSecp256k11111111111111111111111111111", "Secp256k1", "basic", _SOLANA),
        ("Secp256r1SigVerify1111111111111111111111111", "Secp256r1", "basic", _SOLANA),
        ("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA", "Token", "basic", _SPL),
        ("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb", "Token-2022", "basic", _SPL),
        ("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL", "Associated Token", "basic", _SPL),
        ("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr", "Memo", "basic", _SPL),
        ("Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo", "Memo v1", "basic", _SPL),
        ("noopb9bkMVfRPU8AsbpTUg8AQkHtKwMYZiFUjNRtMmV", "Noop", "basic", _SPL),
        # parts of other programs' work
        ("cmtDvXumGCrqC1Age74AVPhSRVXJMd8PJS91L8KbNCK", "Account Compression", "part", _SPL),
        ("metaqbxxUerdq28cj1RbAWkYQm3ybzjb6a8bt518x1s", "Metaplex Token Metadata", "part", _METAPLEX),
        ("pfeeUxB6jkeY1Hxd7CsFCAjcbHA9rWtchMGdZ6VojVZ", "Pump fees", "part", _PUMP),
        ("24Uqj9JCLxUeoC3hGfh5W3s9FM9uCHDS2SG3LYwBpyTi", "Meteora vault", "part", _METEORA),
        ("L2TExMFKdjpN9kozasaurPirfHy9P8sbXoAN1qA3S95", "Lighthouse", "part", _LIGHTHOUSE),
        ("FsJ3A3u2vn5cTVofAjvy6y5kwABJAqYWpe4975bi2epH", "Pyth", "part", "https://docs.pyth.network"),
        ("SW1TCH7qEPTdLsDHRgPuMQjbQxKdH2aBStViMFnt64f", "Switchboard", "part", _SWITCHBOARD),
        ("T1pyyaTNZsKv2WcRAB8oVnk93mLJw2XzjtVYqCsaHqt", "Jito tips", "part", _JITO),
        ("jupeiUmn818Jg1ekPURTpr4mFo29p46vygyykFJ3wZC", "Jupiter Lend liquidity", "part", _JUPITER),
        ("jupnw4B6Eqs7ft6rxpzYLJZYSnrpRgPcr589n5Kv4oc", "Jupiter Lend oracle", "part", _JUPITER),
        # routers
        ("JUP6LkbZbjS1jKKwapdHNy74zcZ3tLUZoi5QNyVTaV4", "Jupiter v6", "router", _JUPITER),
        ("JUP4Fb2cqiRUcaTHdrPC8h2gNsA2ETXiPDD33WcGuJB", "Jupiter v4", "router", _JUPITER),
        ("JUP3c2Uh3WA4Ng34tw6kPd2G4C5BB21Xo36Je1s32Ph", "Jupiter v3", "router", _JUPITER),
        ("JUP2jxvXaqu7NQY1GmNF4m1vodw12LVXYxbFL2uJvfo", "Jupiter v2", "router", _JUPITER),
        ("routeUGWgWzqBWFcrCfv8tritsqukccJPu3q5GPP3xS", "Raydium Route", "router", _RAYDIUM),
        ("6m2CDdhRgxpH4WjvdzxAYbGxwdGUz5MziiL5jek2kBma", "OKX DEX router", "router", _SPELLBOOK),
        ("proVF4pMXVaYqmy4NjniPh4pqKNfMmsihgd4wdkCX3u", "OKX DEX router v2", "router", _SOLSCAN),
        ("DF1ow4tspfHX9JwWJsAb9epbkA8hmpSEAtxXy1V27QBH", "DFlow", "router", "https://docs.dflow.net"),
        ("T1TANpTeScyeqVzzgNViGDNrkQ6qHz9KrSBS4aNXvGT", "Titan", "router", _SPELLBOOK),
        ("B3111yJCeHBcA1bizdJjUFPALfhAfSRnAbJzGUtnt56A", "Binance Wallet", "router", _SOLSCAN),
        ("stkitrT1Uoy18Dk1fTrgPw8W6MVzoCfYoAFT4MLsmhq", "Sanctum router", "router", _SANCTUM),
        # orders filled by keepers
        ("DCA265Vj8a9CEuX1eb1LWRnDT7uK6q1xMipnNyatn23M", "Jupiter DCA", "orders", _JUPITER),
        ("VALaaymxQh2mNy2trH9jUqHT1mTow76wpTcGmSWSwJe", "Jupiter VA", "orders", _JUPITER),
        ("jupoNjAxXgZ4rjzxzPMP4oxduvQsQtZzyknqvzYNrNu", "Jupiter Limit v1", "orders", _JUPITER),
        ("j1o2qRpjcyUwEvwtcfhEQefh773ZgjxcVRry7LDqg5X", "Jupiter Limit v2", "orders", _JUPITER),
        ("61DFfeTKM7trxYcPQCM78bJ794ddZprZpAwAnLiwTpYH", "Jupiter RFQ", "orders", _RFQ),
        ("LiMoM9rMhrdYrfzUCxQppvxCSG1FcrUK9G8uLq4A1GF", "Kamino Limit", "orders", _KAMINO),
        # pools
        ("675kPX9MHTjS2zt1qfr1NYHuzeLXfQM9H24wFSUt1Mp8", "Raydium AMM v4", "amm", _RAYDIUM),
        ("5quBtoiQqxF9Jv6KYKctB59NT3gtJD2Y65kdnB1Uev3h", "Raydium Stable", "amm", _RAYDIUM),
        ("CAMMCzo5YL8w4VFF8KVHrK22GGUsp5VTaW7grrKgrWqK", "Raydium CLMM", "amm", _RAYDIUM),
        ("CPMMoo8L3F4NbTegBCKVNunggL7H1ZpdTHKxQB5qKP1C", "Raydium CPMM", "amm", _RAYDIUM),
        ("whirLbMiicVdio4qvUfM5KAg6Ct8VwpYzGff3uctyCc", "Orca Whirlpool", "amm", _ORCA),
        ("9W959DqEETiGZocYWCQPaJ6sBmUzgfxXfqGeTEdp3aQP", "Orca v2", "amm", _ORCA),
        ("DjVE6JNiYqPL2QXyCUUh8rNjHrbz9hXHNYt99MQ59qw1", "Orca v1", "amm", _ORCA),
        ("SwaPpA9LAaLfeLi3a68M4DjnLqgtticKg6CnyNwgAC8", "SPL Token Swap", "amm", _SPL),
        ("pAMMBay6oceH9fJKBRHGP5D4bD4sWpmSwMn52FMfXEA", "PumpSwap", "amm", _PUMP),
        ("LBUZKhRxPF3XUpBCjp4YzTKgLccjZhTSDM9YuVaPwxo", "Meteora DLMM", "amm", _METEORA),
        ("Eo7WjKq67rjJQSZxS6z3YkapzY3eMj6Xy8X5EQVn5UaB", "Meteora DAMM v1", "amm", _METEORA),
        ("cpamdpZCGKUy5JxQXB4dcpGPiikHawvSWAd6mEn1sGG", "Meteora DAMM v2", "amm", _METEORA),
        ("MERLuDFBMmsHnsBPZw2sDQZHvXFMwp8EdjudcU2HKky", "Mercurial", "amm", _METEORA),
        ("2wT8Yq49kHgDzXuPxZSaeLaH1qbmGXtEyPy64bL7aD3c", "Lifinity v2", "amm", _LIFINITY),
        ("EewxydAPCCVuNEyrVN68PuSYdQ7wKn27V9Gjeoi8dy3S", "Lifinity v1", "amm", _LIFINITY),
        ("9H6tua7jkLhdm3w8BvgpTn5LZNU7g4ZynDmCiNN3q6Rp", "HumidiFi", "amm", _SPELLBOOK),
        ("SoLFiHG9TfgtdUXUjWAxi3LtvYuFyDLVhBWxdMZxyCe", "SolFi", "amm", _SPELLBOOK),
        ("SV2EYYJyRz2YhfXwXnhNAevDEui5Q6yrfyo13WtupPF", "SolFi v2", "amm", _SPELLBOOK),
        ("ZERor4xhbUycZ6gb9ntrhqscUcZmAbQDjEAtCf4hbZY", "ZeroFi", "amm", _SPELLBOOK),
        ("TessVdML9pBGgG9yGks7o4HewRaXVAMuoVj4x83GLQH", "Tessera", "amm", _SPELLBOOK),
        ("goonERTdGsjnkZqWuVjs73BZ3Pb9qoCUdBUL17BnS5j", "GoonFi", "amm", _SPELLBOOK),
        ("goonuddtQRrWqqn5nFyczVKaie28f3kDkHWkHtURSLE", "GoonFi v2", "amm", _SPELLBOOK),
        ("obriQD1zbpyLz95G5n7nJe6a4DPjpFwa5XYPoNm113y", "Obric v2", "amm", _SPELLBOOK),
        ("ALPHAQmeA7bjrVuccPsYPiCvsi428SNwte66Srvs4pHA", "AlphaQ", "amm", _SPELLBOOK),
        ("AQU1FRd7papthgdrwPTTq5JacJh8YtwEXaBfKU3bTz45", "Aquifer", "amm", _SPELLBOOK),
        ("BiSoNHVpsVZW2F7rx2eQ59yQwKxzU5NvBcmKshCSUypi", "BisonFi", "amm", _SPELLBOOK),
        ("SCoRcH8c2dpjvcJD6FiPbCSQyQgu3PcUAWj2Xxx3mqn", "Scorch", "amm", _SPELLBOOK),
        ("FW6zUqn4iKRaeopwwhwsquTY6ABWLLgjxtrC3VPnaWBf", "WhaleStreet", "amm", _SPELLBOOK),
        ("REALQqNEomY6cQGZJUGwywTBD2UmDT32rZcNnfxQ5N2", "Byreal", "amm", _SPELLBOOK),
        ("HpNfyc2Saw7RKkQd8nEL4khUcuPhQ7WwY1B2qjx8jxFq", "PancakeSwap", "amm", _SPELLBOOK),
        ("BSwp6bEBihVLdqJRKGgzjcGLHkcTuzmSo1TQkHepzH8p", "BonkSwap", "amm", _SPELLBOOK),
        ("SSwpkEEcbUqx4vtoEByFjSkhKdCT862DNVb52nZg1UZ", "Saber", "amm", _SPELLBOOK),
        ("SSwapUtytfBdBn1b9NUGG6foMVPtcWgpRU32HToDUZr", "Saros", "amm", _SPELLBOOK),
        ("1qbkdrr3z4ryLA7pZykqxvxWPoeifcVKo6ZG9CfkvVE", "Saros DLMM", "amm", _SPELLBOOK),
        ("AMM55ShdkoGRB5jVYPjWziwk8m5MpwyDgsMWHaMSQWH6", "Aldrin v1", "amm", _SPELLBOOK),
        ("CURVGoZn8zycx6FXwwevgBTB2gVvdbGTEpvMJDbgs2t4", "Aldrin v2", "amm", _SPELLBOOK),
        ("CLMM9tUoggJu2wagPkkqs9eFG4BWhVBZWkP1qv3Sp7tR", "Crema", "amm", _SPELLBOOK),
        ("HyaB3W9q6XdA5xwpU4XnSZV94htfmbmqJXZcEbRaJutt", "Invariant", "amm", "https://docs.invariant.app"),
        ("GAMMA7meSFWaBXF25oSUgmGRwaW6sCMFLmBNiMSdbHVT", "GooseFX GAMMA", "amm", _SPELLBOOK),
        ("GFXsSL5sSaDfNFQUYsHekbWBW1TsFdjDYzACh62tEHxn", "GooseFX SSL", "amm", _SPELLBOOK),
        ("FLUXubRmkEi2q6K3Y9kBPg9248ggaZVsoSFhtJHSrm1X", "FluxBeam", "amm", _SPELLBOOK),
        ("swapNyd8XiQwJ6ianp9snpu4brUqFxadzvHebnAXjJZ", "Stabble Stable", "amm", _SPELLBOOK),
        ("swapFpHZwjELNnjvThjajtiVmkz3yPQEHjLtka2fwHW", "Stabble Weighted", "amm", _SPELLBOOK),
        ("fUSioN9YKKSa3CUC2YUc4tPkHJ5Y6XW1yz8y6F7qWz9", "DefiTuna Fusion", "amm", _SPELLBOOK),
        ("DEXYosS6oEGvk8uCDayvwEZz4qEyDJRf9nFgYCaqPMTm", "1DEX", "amm", _SPELLBOOK),
        # order books
        ("9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin", "Serum v3", "book", _SERUM),
        ("EUqojwWA2rd19FZrzeBncJsm38Jm1hEhE3zsmX3bRc2o", "Serum v2", "book", _SERUM),
        ("4ckmDgGdxQoPDLUkDT3vHgSAkzA3QRdNq5ywwY4sUSJn", "Serum v1", "book", _SERUM),
        ("srmqPvymJeFKQ4zGQed1GFppgkRHL9kaELCbyksJtPX", "OpenBook v1", "book", _OPENBOOK),
        ("opnb2LAfJYbRMAHHvqjCwQxanZn7ReEHp1k81EohpZb", "OpenBook v2", "book", _OPENBOOK),
        ("PhoeNiXZ8ByJGLkxNfZRnkUfjvmuYqLR89jjFHGqdXY", "Phoenix", "book", _PHOENIX),
        ("MNFSTqtC93rEfYHB6hF82sKdZpUDFWkViLByLd1k1Ms", "Manifest", "book", _MNFST),
        # launches
        ("6EF8rrecthR5Dkzon8Nwu78hRvfCKubJ14M5uBEwF6P", "Pump.fun", "launch", _PUMP),
        ("LanMV9sAd7wArD4vJFi2qDdfnVhFxYSUg6eADduJ3uj", "Raydium LaunchLab", "launch", _RAYDIUM),
        ("dbcij3LWUppWqq96dh6gJWwBifmcGfLSB5D4DuSMaqN", "Meteora DBC", "launch", _METEORA),
        ("MoonCVVNZFSYkqNXP6bxHLPL6QQJiMagDL3qcqUQTrG", "Moonshot", "launch", _SPELLBOOK),
        ("boop8hVGQGqehUK2iVEMEnMrL5RbjywRzHKBmBE7ry4", "Boop", "launch", _VIXEN),
        ("HEAVENoP2qxoeuF8Dj2oT1GHEnu49U5mJYkdeC8BAX2o", "Heaven", "launch", _SPELLBOOK),
        # trading bots
        ("BSfD6SHZigAfDWSjzD5Q41jw8LmKwtmjskPH9XW1mrRW", "Photon", "bot", _SPELLBOOK),
        ("HAAoKJrdTktFs7zcBkpvw9ebPdu4L7Wx1CDx2waia6hD", "Photon v2", "bot", _SOLSCAN),
        ("FLASHX8DrLbgeR8FcfNV1F5krxYcYMUdBkrP1EPBtxB9", "Axiom", "bot", _SOLSCAN),
        ("AxiomfHaWDemCFBLBayqnEnNwE6b7B2Qz3UmzMpgbMG6", "Axiom", "bot", _SOLSCAN),
        ("AxiomxSitiyXyPjKgJ9XSrdhsydtZsskZTEDam3PxKcC", "Axiom", "bot", _SOLSCAN),
        ("troyXT7Ty3s2rjJe4bqWaroUrS4Fjd8rbHHNHxcACF4", "Trojan", "bot", _SOLSCAN),
        ("GMgnVFR8Jb39LoXsEVzb3DvBy3ywCmdmJquHUy1Lrkqb", "GMGN", "bot", _SOLSCAN),
        ("BANANAjs7FJiPQqJTGFzkZJndT9o7UmKiYYGaJz6frGu", "Banana Gun", "bot", _SOLSCAN),
        ("b1oomGGqPKGD6errbyfbVMBuzSC8WtAAYo8MwNafWW1", "Bloom", "bot", _SOLSCAN),
        ("MaestroAAe9ge5HTc64VbBQZ6fP77pwvrhM8i1XWSAx", "Maestro", "bot", _SOLSCAN),
        ("NoVA1TmDUqksaj2hB1nayFkPysjJbFiU76dT4qPw2wm", "Nova", "bot", _SOLSCAN),
        ("term9YPb9mzAsABaqN71A4xdbxHmpBNZavpBiQKZzN3", "Terminal", "bot", _SOLSCAN),
        # staking
        ("Stake11111111111111111111111111111111111111", "Stake", "staking", _SOLANA),
        ("SPoo1Ku8WFXoNDMHPsrGSTSG1Y47rzgn41SLUNakuHy", "SPL Stake Pool", "staking", _SPL),
        ("MarBmsSgKXdrN1egZf5sqe1TMai9K1rChYNDJgjq7aD", "Marinade", "staking", _MARINADE),
        ("SP12tWFxD9oJsVWNavTTBZvMbA6gkAmxtVgxdqvyvhY", "Sanctum stake pool", "staking", _SANCTUM),
        ("SPMBzsVUuoHA4Jm6KunbsotaahvVikZs1JyTW6iJvbn", "Sanctum multi stake pool", "staking", _SANCTUM),
        ("unpXTU2Ndrc7WWNyEhQWe4udTzSibLPi25SXv2xbCHQ", "Sanctum unstake", "staking", _SANCTUM),
        ("5ocnV1qiCgaQR8Jb8xWnVbApfaygJ8tNoZfgPwsgx9kx", "Sanctum Infinity", "amm", _SANCTUM),
        # lending and perpetuals
        ("jup3YeL8QhtSx1e253b2FDvsMNC87fDrgQZivbrndc9", "Jupiter Lend Earn", "lending", _JUPITER),
        ("jupr81YtYssSyPt8jbnGuiWon5f6x9TcDEFxYe3Bdzi", "Jupiter Lend vaults", "lending", _JUPITER),
        ("KLend2g3cP87fffoy8q1mQqGKjrxjC8boSyAYavgmjD", "Kamino Lend", "lending", _KAMINO),
        ("MFv2hWf31Z9kbCa1snEPYctwafyhdvnV7FZnsebVacA", "Marginfi", "lending", "https://docs.marginfi.com"),
        ("So1endDq2YkqhipRh3WViPa8hdiSpxWy6z3Z6tMCpAo", "Solend", "lending", "https://docs.solend.fi"),
        ("PERPHjGBqRHArX4DySjwM6UJHiR3sWAatqfdBS2qQJu", "Jupiter Perps", "perpetuals", _JUPITER),
        ("dRiftyHA39MWEi3m9aunc5MzRF1JYuBsbn6VPcn33UH", "Drift", "perpetuals", "https://docs.drift.trade"),
        ("mv3ekLzLbnVPNxjSKvqBpU3ZeZXPQdEC3bp5MDEBG68", "Mango v3", "perpetuals", _MANGO),
        ("4MangoMjqJ2firMokCjjGgoK8d4MXcrgL7XJaL3w6fVg", "Mango v4", "perpetuals", _MANGO),
        ("ZETAxsqBRek56DhiGXrn75yj2NHU3aYUnxvHXpkf3aD", "Zeta", "perpetuals", "https://docs.zeta.markets"),
        # NFTs
        ("M2mx93ekt1fmXSVkTrUL9xVFHkmME8HTUi5Cyc5aF7K", "Magic Eden", "nft", _MAGICEDEN),
        ("mmm3XBJg5gk8XJxEKBvdgptZz6SgK4tXvn36sodowMc", "Magic Eden AMM", "nft", _MAGICEDEN),
        ("MEisE1HzehtrDpAAT8PnLHjpSSkRYakotTuJRPjTpo8", "Magic Eden v1", "nft", _MAGICEDEN),
        ("TSWAPaqyCSx2KABk68Shruf4rp7CxcNi8hAsbdwmHbN", "Tensor Swap", "nft", _TENSOR),
        ("TCMPhJdwDryooaGtiocG1u3xcYbRpiJzb283XfCZsDp", "Tensor", "nft", _TENSOR),
        ("BGUMAp9Gq7iTEuizy4pqaxsTyUCBK68MDfK752saRPUY", "Bubblegum", "nft", _METAPLEX),
        ("CoREENxT6tW1HoK8ypY1SxRMZTcVPm7R94rH4PZNhX7d", "Metaplex Core", "nft", _METAPLEX),
        # vaults and bridges
        ("SQDS4ep65T869zMMBKyuUq6aD6EgTu8psMjkvj52pCf", "Squads v4", "vault", _SQUADS),
        ("SMPLecH534NA9acpos4G6x7uf3LWbCAwZQE9e8ZekMu", "Squads v3", "vault", _SQUADS),
        ("SMRTzfY6DfH5ik3TKiyLFfXexV8uSG3d2UksSCYdunG", "Squads smart account", "vault", _SQUADS),
        ("LocpQgucEQHbqNABEYvBvwoxCPsSbG91A1QaQhQQqjn", "Jupiter Lock", "vault", _JUPITER),
        ("CCTPiPYPc6AsJuwueEnWgSgucamXDZwBd53dQ11YiKX3", "Circle CCTP", "bridge", _CIRCLE),
        ("CCTPmbSD7gX1bxKPAmg77w8oFzNFpaQiQUWD43TKaecd", "Circle CCTP", "bridge", _CIRCLE),
        ("CCTPV2vPZJS2u2BBsUoscuikbYjnpFmbFsvVuJdgUMQe", "Circle CCTP", "bridge", _CIRCLE),
        ("CCTPV2Sm4AdWt5296sk4P66VBZ7bEhcARwFaaS9YPbeC", "Circle CCTP", "bridge", _CIRCLE),
        ("src5qyZHqTqecJV4aY6Cb6zDZLMDzrDKKezs22MPHr4", "deBridge", "bridge", _DEBRIDGE),
        ("dst5MGcFPoBeREFAA5E3tU5ij8m5uVYwkzkSAbsLbNo", "deBridge", "bridge", _DEBRIDGE),
        ("worm2ZoG2kUd4vFXhvjh93UUH596ayRfgQ2MgjNMTth", "Wormhole", "bridge", _WORMHOLE),
        ("wormDTUJ6AWPNvk59vGQbDvGJmqbDTdgWgAqcLBCgUb", "Wormhole", "bridge", _WORMHOLE),
        ("EtZMZM22ViKMo4r5y4Anovs3wKQ2owUmDpjygnMMcdEX", "Wormhole", "bridge", _MAYAN_SDK),
        ("BLZRi6frs4X4DNLw56V4EXai1b6QVESN1BhHBTYM9VcY", "Mayan", "bridge", _MAYAN),
        ("mayan34VedncxdK2XobtvWFDXQASUTBXhUVzt2kKgny", "Mayan", "bridge", _MAYAN),
        ("dkpZqrxHFrhziEMQ931GLtfy11nFkCsfMftH9u6QwBU", "Mayan", "bridge", _MAYAN),
        ("Gx9rivpS3YR8pBFwMuP6omYqVxunpLvLkNn7ubNyuZZ5", "Mayan", "bridge", _MAYAN),
        ("FC4eXxkyrMPTjiYUpp4EAnkmwMbQyZ6NDCh1kfLn6vsf", "Mayan", "bridge", _MAYAN),
        ("8LPjGDbxhW4G2Q8S6FvdvUdfGWssgtqmvsc63bwNFA7E", "Mayan", "bridge", _MAYAN_SDK),
        ("99vQwtBwYtrqqD9YSXbdum3KBdxPAVxYTaQ3cfnJSrN2", "Relay", "bridge", _RELAY),
        ("DPArtTLbEqa6EuXHfL5UFLBZhFjiEXWRudhvXDrjwXUr", "Relay", "bridge", _RELAY),
        ("FzuVV5WeLyWHDuX6SPbeLgqkvePDTzMCRKYAhDbiP3z3", "Gas.zip", "bridge", _GASZIP),
        ("CctpV8uRiXws7KZxpUXfPWy9BhCiWaeBRzsJgELvQKvu", "Allbridge", "bridge", _ALLBRIDGE),
        ("BBbD1WSjbHKfyE3TSFWF6vx1JV51c8msKSQy4ess6pXp", "Allbridge", "bridge", _ALLBRIDGE_CLASSIC),
        ("BrdgN2RPzEMWF96ZbnnJaUtQDQx7VRXYaHHbYCBvceWB", "Allbridge", "bridge", _ALLBRIDGE),
        ("DLv3NggMiSaef97YCkew5xKUHDh13tVGZ7tydt3ZeAru", "Across", "bridge", _ACROSS),
    )
}
