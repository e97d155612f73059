"""Accounts known for what they take: tips for speed, fees of venues, fees of trading bots. Pure."""

from msgspec import Struct

from chain.decoders.balances import sol_changes
from chain.parsing.transaction import Transaction

TIP_ACCOUNTS = frozenset(
    {
        # Jito: https://docs.jito.wtf/lowlatencytxnsend/#tip-amount
        "96gYZGLnJYVFmbjzopPSU6QiEV5fGqZNyN9nmNhvrZU5",
        "HFqU5x63VTqvQss8hp11i4wVV8bD44PvwucfZ2bU7gRe",
        "Cw8CFyM9FkoMi7K7Crf6HNQqf4uEMzpKw6QNghXLvLkY",
        "ADaUMid9yfUytqMBgopwjb2DTLSokTSzL1zt6iGPaS49",
        "DfXygSm4jCyNCybVYYK6DwvWqjKee8pbDmJGcLWNDXjh",
        "ADuUkR4vqLUMWXxW9gh6D6L8pMSawimctcNZ5pGwDcEt",
        "DttWaMuVvTiduZRnguLF7jNxTgiMBZ1hyAumKUiL2KRL",
        "3AVi9Tg9Uo68tJfuvoKvqKNWKkC5wPdSSdeBnizKZ6jT",
        # Helius Sender: https://www.helius.dev/docs/sending-transactions/sender
        "4ACfpUFoaSD9bfPdeu6DBt89gB6ENTeHBXCAi87NhDEE",
        "D2L6yPZ2FmmmTKPgzaMKdhu6EWZcTpLy1Vhx8uvZe7NZ",
        "9bnz4RShgq1hAnLnZbP8kbgBg1kEmcJBYQq3gQbmnSta",
        "5VY91ws6B2hMmBFRsXkoAAdsPHBJwRfBht4DXox3xkwn",
        "2nyhqdwKcJZR2vcqCyrYsaPVdAnFoJjiksCXJ7hfEYgD",
        "2q5pghRs6arqVjRvT5gfgWfWcHWmw1ZuCzphgd5KfWGJ",
        "wyvPkWjVZz1M8fHQnMMCDTQDbkManefNNhweYk5WkcF",
        "3KCKozbAaF75qEU33jtzozcJ29yJuaLJTy2jFdzUY8bT",
        "4vieeGHPYPG2MmyPRcYjdiDmmhN3ww7hsFNap8pVN3Ey",
        "4TQLFNWK8AovT1gFvda5jfw2oJeRMKEmw7aH6MGBJ3or",
        # Temporal Nozomi: https://use.temporal.xyz/nozomi/tipping
        "TEMPaMeCRFAS9EKF53Jd6KpHxgL47uWLcpFArU1Fanq",
        "noz3jAjPiHuBPqiSPkkugaJDkJscPuRhYnSpbi8UvC4",
        "noz3str9KXfpKknefHji8L1mPgimezaiUyCHYMDv1GE",
        "noz6uoYCDijhu1V7cutCpwxNiSovEwLdRHPwmgCGDNo",
        "noz9EPNcT7WH6Sou3sr3GGjHQYVkN3DNirpbvDkv9YJ",
        "nozc5yT15LazbLTFVZzoNZCwjh3yUtW86LoUyqsBu4L",
        "nozFrhfnNGoyqwVuwPAW4aaGqempx4PU6g6D9CJMv7Z",
        "nozievPk7HyK1Rqy1MPJwVQ7qQg2QoJGyP71oeDwbsu",
        "noznbgwYnBLDHu8wcQVCEw6kDrXkPdKkydGJGNXGvL7",
        "nozNVWs5N8mgzuD3qigrCG2UoKxZttxzZ85pvAQVrbP",
        "nozpEGbwx4BcGp6pvEdAh1JoC2CQGZdU6HbNP1v2p6P",
        "nozrhjhkCr3zXT3BiT4WCodYCUFeQvcdUkM7MqhKqge",
        "nozrwQtWhEdrA6W8dkbt9gnUaMs52PdAv5byipnadq3",
        "nozUacTVWub3cL4mJmGCYjKZTnE9RbdY5AP46iQgbPJ",
        "nozWCyTPppJjRuw2fpzDhhWbW355fzosWSzrrMYB1Qk",
        "nozWNju6dY353eMkMqURqwQEoM3SFgEKC6psLCSfUne",
        "nozxNBgWohjR75vdspfxR5H9ceC7XXH99xpxhVGt3Bb",
        # 0slot: https://0slot.trade/docs
        "6fQaVhYZA4w3MBSXjJ81Vf6W1EDYeUPXpgVQ6UQyU1Av",
        "4HiwLEP2Bzqj3hM2ENxJuzhcPCdsafwiet3oGkMkuQY4",
        "7toBU3inhmrARGngC7z6SjyP85HgGMmCTEwGNRAcYnEK",
        "8mR3wB1nh4D6J9RUCugxUpc6ya8w38LPxZ3ZjcBhgzws",
        "6SiVU5WEwqfFapRuYCndomztEwDjvS5xgtEof3PLEGm9",
        "TpdxgNJBWZRL8UXF5mrEsyWxDWx9HQexA9P1eTWQ42p",
        "D8f3WkQu6dCF33cZxuAsrKHrGsqGP2yvAHf8mX6RXnwf",
        "GQPFicsy3P3NXxB5piJohoxACqTvWE9fKpLgdsMduoHE",
        "Ey2JEr8hDkgN8qKJGrLf2yFjRhW7rab99HVxwi5rcvJE",
        "4iUgjMT8q2hNZnLuhpqZ1QtiV8deFPy2ajvvjEpKKgsS",
        "3Rz8uD83QsU8wKvZbgWAPvCNDU6Fy8TSZTMcPm3RB6zt",
        # bloXroute: https://docs.bloxroute.com/solana/trader-api (the first four), and its revenue as
        # https://github.com/DefiLlama/dimension-adapters counts it (fees of bloxroute)
        "HWEoBxYs7ssKuudEjzjmpfJVX7Dvi7wescFsVx2L5yoY",
        "95cfoy472fcQHaw4tPGBTKpn6ZQnfEPfBgDQx6gcRmRg",
        "3UQUKjhMKaY2S6bjcQD6yHB7utcZt5bfarRCmctpRtUd",
        "FogxVNs6Mm2w9rnGL1vkARSwJxvLE8mujTv3LK8RnUhF",
        "7ks326H4LbMVaUC8nW5FpC5EoAf5eK5pf4Dsx4HDQLpq",
        "6GZVKMaoWry4UFiydjeQU9nmAxj3hEARAStQ7Hc2z6TB",
        "HZTmLyC683y74TW3HtGbNX5orxjm2sPuZBEYwwSgAM8v",
        # NextBlock: https://docs.nextblock.io/getting-started/quickstart
        "NextbLoCkVtMGcV47JzewQdvBpLqT9TxQFozQkN98pE",
        "NexTbLoCkWykbLuB1NkjXgFWkX9oAtcoagQegygXXA2",
        "NeXTBLoCKs9F1y5PJS9CKrFNNLU1keHW71rfh7KgA1X",
        "NexTBLockJYZ7QD7p2byrUa6df8ndV2WSd8GkbWqfbb",
        "neXtBLock1LeC67jYd1QdAa32kbVeubsfPNTJC1V5At",
        "nEXTBLockYgngeRmRrjDV31mGSekVPqZoMGhQEZtPVG",
        "NEXTbLoCkB51HpLBLojQfpyVAMorm3zzKg7w9NFdqid",
        "nextBLoCkPMgmG8ZgJtABeScP35qLa2AMCNKntAP7Xc",
        # FlashBlock: its documentation, quick start, "Tip Wallet Addresses"
        "FLaShB3iXXTWE1vu9wQsChUKq3HFtpMAhb8kAh1pf1wi",
        "FLashhsorBmM9dLpuq6qATawcpqk1Y2aqaZfkd48iT3W",
        "FLaSHJNm5dWYzEgnHJWWJP5ccu128Mu61NJLxUf7mUXU",
        "FLaSHR4Vv7sttd6TyDF4yR1bJyAxRwWKbohDytEMu3wL",
        "FLASHRzANfcAKDuQ3RXv9hbkBy4WVEKDzoAgxJ56DiE4",
        "FLasHstqx11M8W56zrSEqkCyhMCCpr6ze6Mjdvqope5s",
        "FLAShWTjcweNT4NSotpjpxAkwxUr2we3eXQGhpTVzRwy",
        "FLasHXTqrbNvpWFB6grN47HGZfK6pze9HLNTgbukfPSk",
        "FLAshyAyBcKb39KPxSzXcepiS8iDYUhDGwJcJDPX4g2B",
        "FLAsHZTRcf3Dy1APaz6j74ebdMC6Xx4g6i9YxjyrDybR",
        # Astralane: https://astralane.gitbook.io/docs
        "astrazznxsGUhWShqgNtAdfrzP2G83DzcWVJDxwV9bF",
        "astra4uejePWneqNaJKuFFA8oonqCE1sqF6b45kDMZm",
        "astra9xWY93QyfG6yM8zwsKsRodscjQ2uU2HKNL5prk",
        "astraRVUuTHjpwEVvNBeQEgwYx9w9CFyfxjYoobCZhL",
        "astraEJ2fEj8Xmy6KLG7B3VfbKfsHXhHrNdCQx7iGJK",
        "astraubkDw81n4LuutzSQ8uzHCv4BhPVhfvTcYv8SKC",
        "astraZW5GLFefxNPAatceHhYjfA1ciq9gvfEg2S47xk",
        "astrawVNP4xDBKT7rAdxrLYiTSTdqtUr63fSMduivXK",
        # 0slot, older and newer, as its clients have them: sol-trade-sdk, src/constants/swqos.rs
        "Eb2KpSC8uMt9GmzyAEm5Eb1AAAgTjRaXWFjKyFXHZxF3",
        "FCjUJZ1qozm1e8romw216qyfQMaaWKxWsuySnumVCCNe",
        "ENxTEjSQ1YabmUpXAdCgevnHQ9MHdLv8tzFiuiYJqa13",
        "6rYLG55Q9RpsPGvqdPNJs4z5WTxJVatMB8zV3WJhs5EK",
        "Cix2bHfqPcKcM233mzxbLk14kSggUUiz2A87fJtGivXr",
        # Astralane's newer ones, and those below: sol-trade-sdk, src/constants/swqos.rs
        "AstrA1ejL4UeXC2SBP4cpeEmtcFPZVLxx3XGKXyCW6to",
        "AsTra79FET4aCKWspPqeSFvjJNyp96SvAnrmyAxqg5b7",
        "AstrABAu8CBTyuPXpV4eSCJ5fePEPnxN8NqBaPKQ9fHR",
        "AsTRADtvb6tTmrsqULQ9Wji9PigDMjhfEMza6zkynEvV",
        "AsTRAEoyMofR3vUPpf9k68Gsfb6ymTZttEtsAbv8Bk4d",
        "AStrAJv2RN2hKCHxwUMtqmSxgdcNZbihCwc1mCSnG83W",
        "Astran35aiQUF57XZsmkWMtNCtXGLzs8upfiqXxth2bz",
        "AStRAnpi6kFrKypragExgeRoJ1QnKH7pbSjLAKQVWUum",
        "ASTRaoF93eYt73TYvwtsv6fMWHWbGmMUZfVZPo3CRU9C",
        # Node1
        "node1PqAa3BWWzUnTHVbw8NJHC874zn9ngAkXjgWEej",
        "node1UzzTxAAeBTpfZkQPJXBAqixsbdth11ba1NXLBG",
        "node1Qm1bV4fwYnCurP8otJ9s5yrkPq7SPZ5uhj3Tsv",
        "node1PUber6SFmSQgvf2ECmXsHP5o3boRSGhvJyPMX1",
        "node1AyMbeqiVN6eoQzEAwCA6Pk826hrdqdAHR7cdJ3",
        "node1YtWCoTwwVYTFLfS19zquRQzYX332hs1HEuRBjC",
        # BlockRazor
        "FjmZZrFvhnqqb9ThCuMVnENaM3JGVuGWNyCAxRJcFpg9",
        "6No2i3aawzHsjtThw81iq1EXPJN6rh8eSJCLaYZfKDTG",
        "A9cWowVAiHe9pJfKAj3TJiN9VpbzMUq6E4kEvf5mUT22",
        "Gywj98ophM7GmkDdaWs4isqZnDdFCW7B46TXmKfvyqSm",
        "68Pwb4jS7eZATjDfhmTXgRJjCiZmw1L7Huy4HNpnxJ3o",
        "4ABhJh5rZPjv63RBJBuyWzBK3g9gWMUQdTZP2kiW31V9",
        "B2M4NG5eyZp5SBQrSdtemzk5TqVuaWGQnowGaCBt8GyM",
        "5jA59cXMKQqZAVdtopv8q3yyw9SYfiE3vUCbt7p8MfVf",
        "5YktoWygr1Bp9wiS1xtMtUki1PeYuuzuCF98tqwYxf61",
        "295Avbam4qGShBYK7E9H5Ldew4B3WyJGmgmXfiWdeeyV",
        "EDi4rSy2LZgKJX74mbLTFk4mxoTgT6F7HxxzG2HBAFyK",
        "BnGKHAC386n4Qmv9xtpBVbRaUTKixjBe3oagkPFKtoy6",
        "Dd7K2Fp7AtoN8xCghKDRmyqr5U169t48Tw5fEd3wT9mq",
        "AP6qExwrbRgBAVaehg4b5xHENX815sMabtBzUzVB4v8S",
        # Stellium and LightSpeed
        "ste11JV3MLMM7x7EJUM2sXcJC1H7F4jBLnP9a9PG8PH",
        "ste11MWPjXCRfQryCshzi86SGhuXjF4Lv6xMXD2AoSt",
        "ste11p5x8tJ53H1NbNQsRBg1YNRd4GcVpxtDw8PBpmb",
        "ste11p7e2KLYou5bwtt35H7BM6uMdo4pvioGjJXKFcN",
        "ste11TMV68LMi1BguM4RQujtbNCZvf1sjsASpqgAvSX",
        "53PhM3UTdMQWu5t81wcd35AHGc5xpmHoRjem7GQPvXjA",
        "9tYF5yPDC1NP8s6diiB3kAX6ZZnva9DM3iDwJkBRarBB",
        # Soyas, SpeedLanding
        "soyas4s6L8KWZ8rsSk1mF3d1mQScoTGGAgjk98bF8nP",
        "soyascXFW5wEEYiwfEmHy2pNwomqzvggJosGVD6TJdY",
        "soyasDBdKjADwPz3xk82U3TNPRDKEWJj7wWLajNHZ1L",
        "soyasE2abjBAynmHbGWgEwk4ctBy7JMTUCNrMbjcnyH",
        "soyasi59njacMUPvo3TM5paHjeK8pYSdovXgFi32gRt",
        "soyasQYhJxv8uZgWDxhg72td6piAf7XTkoyWHtSATEz",
        "soyastP66xyYC8XADXZjdMM5BAVGD2YRvz8dwtLsqb8",
        "soyasvdgUJWYcUCzDxpmjUnNjH7KamXLXTzLwFvdVPE",
        "soyasvxAunisNxaoRxkKGjNir7KmbwYnr37JmefkX9G",
        "soyas5doVFUwH8s5zK8gEvCL5KR5ogDmf52LsrJEZ9h",
        "SpEEdz8S1KorkMZqjMUxfxrmWwofmp6ReNP2Nx6CUmq",
        "SpeeDy3GJM4wcrQmk1itRFWgidvxX4rwjTLMv78wwjE",
        "SPeEdva37vW8vRtqgYjprQs1g3965icfVN5Rt7SMAyh",
        "speEdrSEpox5GUfHWcBc7tQjRuSfUin2yvB7qoYvvJh",
        "SPeEDmkHkN3A2roSZf6aZyEMsmrGqTHKqwP51y2Y4rV",
        "SpeedLdTJXh2RKpXEaP8JCxkWoUVXhtdPQ1EnxBJMxc",
        "SpEediGKLbbXndSYTzwmz6Z3NDgHQLDcTDEvGFkSMH9",
        "speede8xCcUq2Tiv1efXeTuE3k9TDNq8TnGKaKSc6J4",
    }
)

BOT_FEE_ACCOUNTS = {
    # https://github.com/duneanalytics/spellbook, solana bot trades: bots that trade through no program of
    # their own are known by where their fee goes.
    "9yMwSPk9mrXSN7yDHUuZurAh1sjbJsfpUqjZ7SvVtdco": "Trojan",
    "BBYXdwhqbCxVRVtnuMTTxh8biNisz3ZxsnHfr44jXytR": "Trojan",
    "ZG98FUCjb8mJ824Gbs6RsgVmr1FhXb2oNiJHa2dwmPd": "BonkBot",
    "7HeD6sLLqAnKVRuSfc1Ko3BSPMNKWgGTiWLKXJF31vKM": "Bloom",
    "FRMxAnZgkW58zbYcE7Bxqsg99VWpJh6sMP5xLzAWNabN": "Maestro",
    "MaestroUL88UBnZr3wfoN7hqmNWFi3ZYCGqZoJJHE36": "Maestro",
    "noVaE91mUL5jTb8e9Vf6dqJdNPzJpEQ3uAdnQ8h4nVz": "Nova",
    # https://github.com/DefiLlama/dimension-adapters, fees of photon, axiom, gmgn, phantom and bullx; the
    # last of BullX by its label in public lists of fee wallets
    "AVUCZyuT35YSuj4RH7fwiyPu82Djn2Hfg7y2ND2XcnZH": "Photon",
    "7LCZckF6XXGQ1hDY6HFXBKWAtiUgL9QY5vj1C4Bn1Qjj": "Axiom",
    "4V65jvcDG9DSQioUVqVPiUcUY9v6sb6HKtMnsxSKEz5S": "Axiom",
    "CeA3sPZfWWToFEBmw5n1Y93tnV66Vmp8LacLzsVprgxZ": "Axiom",
    "AaG6of1gbj1pbDumvbSiTuJhRCRkkUNaWVxijSbWvTJW": "Axiom",
    "7oi1L8U9MRu5zDz5syFahsiLUric47LzvJBQX6r827ws": "Axiom",
    "9kPrgLggBJ69tx1czYAbp7fezuUmL337BsqQTKETUEhP": "Axiom",
    "DKyUs1xXMDy8Z11zNsLnUg3dy9HZf6hYZidB6WodcaGy": "Axiom",
    "4FobGn5ZWYquoJkxMzh2VUAWvV36xMgxQ3M7uG1pGGhd": "Axiom",
    "76sxKrPtgoJHDJvxwFHqb3cAXWfRHFLe3VpKcLCAHSEf": "Axiom",
    "H2cDR3EkJjtTKDQKk8SJS48du9mhsdzQhy8xJx5UMqQK": "Axiom",
    "8m5GkL7nVy95G4YVUbs79z873oVKqg2afgKRmqxsiiRm": "Axiom",
    "4kuG6NsAFJNwqEkac8GFDMMheCGKUPEbaRVHHyFHSwWz": "Axiom",
    "8vFGAKdwpn4hk7kc1cBgfWZzpyW3MEMDATDzVZhddeQb": "Axiom",
    "86Vh4XGLW2b6nvWbRyDs4ScgMXbuvRCHT7WbUT3RFxKG": "Axiom",
    "DZfEurFKFtSbdWZsKSDTqpqsQgvXxmESpvRtXkAdgLwM": "Axiom",
    "5L2QKqDn5ukJSWGyqR4RPvFvwnBabKWqAqMzH4heaQNB": "Axiom",
    "DYVeNgXGLAhZdeLMMYnCw1nPnMxkBN7fJnNpHmizTrrF": "Axiom",
    "Hbj6XdxX6eV4nfbYTseysibp4zZJtVRRPn2J3BhGRuK9": "Axiom",
    "846ah7iBSu9ApuCyEhA5xpnjHHX7d4QJKetWLbwzmJZ8": "Axiom",
    "5BqYhuD4q1YD3DMAYkc1FeTu9vqQVYYdfBAmkZjamyZg": "Axiom",
    "BB5dnY55FXS1e1NXqZDwCzgdYJdMCj3B92PU6Q5Fb6DT": "GMGN",
    "7sHXjs1j7sDJGVSMSPjD1b4v3FD6uRSvRWfhRdfv5BiA": "GMGN",
    "HeZVpHj9jLwTVtMMbzQRf6mLtFPkWNSg11o68qrbUBa3": "GMGN",
    "ByRRgnZenY6W2sddo1VJzX9o4sMU4gPDUkcmgrpGBxRy": "GMGN",
    "DXfkEGoo6WFsdL7x6gLZ7r6Hw2S6HrtrAQVPWYx2A1s9": "GMGN",
    "3t9EKmRiAUcQUYzTZpNojzeGP1KBAVEEbDNmy6wECQpK": "GMGN",
    "DymeoWc5WLNiQBaoLuxrxDnDRvLgGZ1QGsEoCAM7Jsrx": "GMGN",
    "dBhdrmwBkRa66XxBuAK4WZeZnsZ6bHeHCCLXa3a8bTJ": "GMGN",
    "6TxjC5wJzuuZgTtnTMipwwULEbMPx5JPW3QwWkdTGnrn": "GMGN",
    "25mYnjJ2MXHZH6NvTTdA63JvjgRVcuiaj6MRiEQNs1Dq": "Phantom",
    "9yj3zvLS3fDMqi1F8zhkaWfq8TZpZWHe6cz1Sgt7djXf": "Phantom",
    "8psNvWTrdNTiVRNzAgsou9kETXNJm2SXZyaKuJraVRtf": "Phantom",
    "CnmA6Zb8hLrG33AT4RTzKdGv1vKwRBKQQr8iNckvv8Yg": "Phantom",
    "2rQZb9xqQGwoCMDkpabbzDB9wyPTjSPj9WNhJodTaRHm": "Phantom",
    "9gnLg6NtVxaASvxtADLFKZ9s8yHft1jXb1Vu6gVKvh1J": "Phantom",
    "wtpXRqKLdGc7vpReogsRugv6EFCw4HBHcxm8pFcR84a": "Phantom",
    "D1NJy3Qq3RKBG29EDRj28ozbGwnhmM5yBUp8PonSYUnm": "Phantom",
    "9RYJ3qr5eU5xAooqVcbmdeusjcViL5Nkiq7Gske3tiKq": "BullX",
    "F4hJ3Ee3c5UuaorKAMfELBjYCjiiLH75haZTKqTywRP3": "BullX",
    "28KqHiudrpzfVkVWQ1jztQ2Aarf4W3CvTitjWEqTCkpA": "BullX",
}

VENUE_FEE_ACCOUNTS = frozenset(
    {
        # Pump.fun and PumpSwap: https://github.com/pump-fun/pump-public-docs
        "62qc2CNXwrYqQScmEdiZFFAnJR262PxWEuNQtxfafNgV",
        "7VtfL8fvgNfhz17qKRMjzQEXgbdpnHHHQRh54R9jP2RJ",
        "7hTckgnGnLQR6sdH7YkqFTAA7VwTfYFaZ6EhEsU3saCX",
        "9rPYyANsfQZw3DnDmKE3YCQF5E8oD89UXoHn9JFEhJUz",
        "AVmoTthdrX6tKt4nDjco2D775W2YK3sDhxPcMmzUAmTY",
        "CebN5WGQ4jvEPvsVU4EoHEpgzq1VV7AbicfhtW4xC9iM",
        "FWsW1xNtWscwNmKv6wVsU1iTzRN6wmmk3MjxRP5tT7hz",
        "G5UZAVbAf46s7cKWoyKu8kYTip9DGTpbLZ2qa9Aq69dP",
        "JCRGumoE9Qi5BBgULTgdgTLjSgkCMSbF62ZZfGs84JeU",
    }
)

FEE_RECIPIENTS = TIP_ACCOUNTS | BOT_FEE_ACCOUNTS.keys() | VENUE_FEE_ACCOUNTS


class KnownFees(Struct, frozen=True, gc=False):
    """Lamports that known accounts took from a transaction."""

    tip: int
    venue_fee: int
    """Fees of venues and trading bots."""
    bot: str | None
    """The trading bot that took a fee, by name; None: no known one."""


_NONE = KnownFees(0, 0, None)


def known_fees(transaction: Transaction) -> KnownFees:
    """Return what known accounts took from `transaction`."""
    recipients = FEE_RECIPIENTS.intersection(transaction.keys)
    if not recipients:
        return _NONE
    tip, fees, bot = 0, 0, None
    for recipient, raw in sol_changes(transaction, recipients).items():
        if raw > 0 and recipient in TIP_ACCOUNTS:
            tip += raw
        elif raw > 0:
            fees += raw
            bot = BOT_FEE_ACCOUNTS.get(recipient, bot)
    return KnownFees(tip, fees, bot)
