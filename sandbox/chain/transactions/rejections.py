"""Why a transaction cannot land, in the words of nodes."""

from typing import Any

import msgspec
from solders.transaction_metadata import FailedTransactionMetadata

TEXTS = {
    "AccountInUse": "Account in use",
    "AccountLoadedTwice": "Account loaded twice",
    "AccountNotFound": "Attempt to debit an account but found no record of a prior credit.",
    "ProgramAccountNotFound": "Attempt to load a program that does not exist",
    "InsufficientFundsForFee": "Insufficient funds for fee",
    "InvalidAccountForFee": "This account may not be used to pay transaction fees",
    "AlreadyProcessed": "This transaction has already been processed",
    "BlockhashNotFound": "Blockhash not found",
    "SignatureFailure": "Transaction did not pass signature verification",
    "InvalidProgramForExecution": "This program may not be used for executing instructions",
    "SanitizeFailure": "Transaction failed to sanitize accounts offsets correctly",
    "AddressLookupTableNotFound": "Transaction loads an address table account that doesn't exist",
    "InvalidAddressLookupTableOwner": ("Transaction loads an address table account with an invalid owner"),
    "InvalidAddressLookupTableData": "Transaction loads an address table account with invalid data",
    "InvalidAddressLookupTableIndex": "Transaction address table lookup uses an invalid index",
    "TooLarge": "Transaction is too large",
    "TooManyAccountLocks": "Transaction locked too many accounts",
    "MaxLoadedAccountsDataSizeExceeded": ("Transaction exceeded max loaded accounts data size cap"),
}


def reason_of(failed: FailedTransactionMetadata) -> tuple[str, Any]:
    """The reason in words, and as JSON."""
    err = msgspec.json.decode(failed.to_json())["err"]
    return text_of(err), err


def text_of(err: Any) -> str:
    """A transaction error as nodes print it."""
    if isinstance(err, str):
        return TEXTS.get(err, err)
    if isinstance(err, dict) and "InstructionError" in err:
        index, inner = err["InstructionError"]
        return f"Error processing Instruction {index}: {_instruction_text(inner)}"
    if isinstance(err, dict) and "InsufficientFundsForRent" in err:
        index = err["InsufficientFundsForRent"]["account_index"]
        return f"Transaction results in an account ({index}) with insufficient funds for rent"
    return msgspec.json.encode(err).decode()


def _instruction_text(inner: Any) -> str:
    if isinstance(inner, dict) and "Custom" in inner:
        return f"custom program error: {inner['Custom']:#x}"
    return inner if isinstance(inner, str) else msgspec.json.encode(inner).decode()
