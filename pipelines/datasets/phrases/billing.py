"""Phrases of messages: questions about invoices, confirmations of payments."""

from pipelines.datasets.phrases.families import kind

INVOICE_QUESTION = kind(
    "invoice_question",
    train={
        "total differs": (
            "The total on [invoice|bill] {number} is not [the one|what] we agreed [on|upon] in {month}.",
            "Your invoice over {amount} is higher than I expected.",
            "By my count it should be {amount}.",
            "Can you [explain|tell me] where the difference comes from?",
            "We only ordered {count} pieces of the {product}.",
        ),
        "billed twice": (
            "It looks like we were billed twice for the same {product}.",
            "I have two invoices here, {number} and {number}, for one and the same order.",
            "Both are dated {date}.",
            "Please check and [cancel|withdraw] one of the two bills.",
            "The items and the amounts are the same on both.",
        ),
        "tax number": (
            "Our tax number is missing on invoice {number}.",
            "The VAT on your last invoice was worked out with the wrong rate.",
            "Our accountant [cannot|won't] book it like this.",
            "We would need a corrected version by {weekday}.",
        ),
        "unknown item": (
            "There is an item called service fee on the bill that nobody here can explain.",
            "What does position {count} on invoice {number} stand for?",
            "It costs {amount} and we never had that before.",
            "In {month} that item was not there.",
        ),
        "terms": (
            "[By when|Until when] is invoice {number} due?",
            "The bill says 14 days in one place and 30 days in another, so which payment term counts?",
            "I want to plan the transfer properly.",
            "Is there still a cash discount if we are quick?",
        ),
        "cost center": (
            "Our purchase order number has to be printed on every invoice, and on {number} it is not.",
            "Could the {amount} be billed to our branch in {city} and not to head office?",
            "Our bookkeeping sends everything back otherwise.",
            "I should have told you when we ordered.",
        ),
        "dunning": (
            "I got a reminder over {amount}, but the bill it refers to was never sent to me.",
            "Why do I get a second reminder with a late fee when I am still disputing what you charged?",
            "I have asked about this document twice.",
            "Please stop the reminders until this is cleared up.",
        ),
        "arithmetic": (
            "I added up the lines for {month} three times and I never come out at {amount}.",
            "Net plus tax is not the sum that stands at the bottom of {number}.",
            "Perhaps the rounding is wrong, perhaps a line is missing.",
            "My calculator says {amount}.",
        ),
        "postage": (
            "Why am I charged {amount} for shipping when your site promises it is free from fifty euros on?",
            "You put postage and packing on the invoice although {person} picked the {product} up himself.",
            "It is not much, but I would like to understand it.",
            "Nobody mentioned that before.",
        ),
        "credit note": (
            "We returned {count} of the items, yet you charged for all of them.",
            "Where is the credit note for the goods that went back on {date}?",
            "As it is, the amount due on {number} is too high.",
            "I will hold the sum back until I have the right paper.",
        ),
        "discount forgotten": (
            "The ten percent we were promised are not taken off on bill {number}.",
            "I was told there would be a rebate, but the invoice shows the full {amount}.",
            "{person} from your side confirmed it on the phone.",
            "Please issue it again with the right sum.",
        ),
    },
    validation={
        "wrong recipient": (
            "Invoice {number} is made out to a company that no longer exists.",
            "The bill is addressed to {person}, but it should name {company}.",
            "Please send a corrected invoice.",
            "Otherwise our bookkeeping cannot accept it.",
        ),
        "old price": (
            "Why does the invoice show the old price?",
            "The discount from your offer is missing on bill {number}.",
            "The total should be {amount}.",
            "Please correct it before it is due.",
            "We agreed on that with {person}.",
        ),
    },
    test={
        "currency": (
            "Invoice {number} is in dollars, although we always pay in euros.",
            "You billed us in the wrong currency.",
            "We need an invoice that is right.",
            "The amount of {amount} makes no sense to us.",
            "Our accountant cannot book it.",
        ),
        "hours": (
            "On the bill for {month} there are {count} hours of work, but the technician was here for one.",
            "Why do you charge travel costs on invoice {number}, although a flat rate was agreed?",
            "Please check this item on the bill.",
            "That is a difference of {amount}.",
            "Who can explain it to me?",
        ),
        "breakdown": (
            "Could you send me a breakdown of the {amount} on your last bill?",
            "I need to understand how the sum on invoice {number} comes about.",
            "The positions are not clear to me.",
            "Tax and shipping should be listed too.",
            "My boss asks what we were billed for.",
        ),
        "not ours": (
            "Invoice {number} cannot be meant for us, we never ordered a {product}.",
            "I received a bill that obviously belongs to another customer.",
            "Please check and cancel the invoice.",
            "The purchase order number on it is not ours either.",
            "We will not pay it like this.",
        ),
        "copy": (
            "Could you send me the invoice for {month} once more?",
            "The bill for the {product} never arrived in our bookkeeping.",
            "A PDF is enough.",
            "We close the quarter on {weekday} and I need the paper for it.",
        ),
    },
)

PAYMENT_CONFIRMATION = kind(
    "payment_confirmation",
    train={
        "transferred": (
            "We have transferred {amount} to your account [today|this morning|on {date}].",
            "The transfer for invoice {number} went out on {weekday}.",
            "The money should be with you in two days.",
            "The reference is {number}.",
        ),
        "paid": (
            "Invoice {number} has been paid in full.",
            "I paid the open {amount} on {date}.",
            "Please mark it as settled.",
            "You can close the case on your side.",
        ),
        "direct debit": (
            "You may collect the {amount} from our account by direct debit.",
            "The direct debit for {month} has gone through on our side.",
            "The mandate is signed and attached.",
            "Our bank confirmed it on {weekday}.",
        ),
        "receipt wanted": (
            "Did our payment of {amount} arrive?",
            "Please confirm that you have received our payment for {number}.",
            "I attach the bank statement.",
            "A short line is enough for my files.",
        ),
        "reminder crossed": (
            "Your reminder and our payment must have crossed in the post.",
            "Please disregard the reminder as a case of bad timing, the amount was wired on {date}.",
            "You will find it under the reference {number}.",
            "Sorry for the short delay on our side.",
        ),
        "first instalment": (
            "The first instalment of {amount} was sent off this morning.",
            "We paid half of {number} now, the other half follows on {date}.",
            "I hope that is fine as we discussed it.",
            "{person} from our bookkeeping signed it off.",
        ),
        "wired": (
            "Just a note that the outstanding sum was wired last night.",
            "Our finance team released the payment run on {weekday}, yours was part of it.",
            "Value date is {date}.",
            "You can take us off the list of late payers.",
        ),
        "cheque": (
            "A cheque over {amount} is on its way to you.",
            "I dropped the cheque for {number} into the letter box of your branch in {city}.",
            "It is made out to your company name.",
            "Let me know once it is cashed.",
        ),
        "landed": (
            "Has the money landed? Our bank says {amount} left on {date}.",
            "Could your accounts team check whether our remittance came in?",
            "I attach proof from our online banking.",
            "I typed the account number by hand, so I am a little nervous.",
        ),
        "typo in reference": (
            "When paying {number} I put the wrong reference on the transfer, so you may not find the money.",
            "We overpaid by accident: {amount} went out twice, please keep the rest as a balance.",
            "The sender is {company}.",
            "It left our account on {date}.",
        ),
        "several at once": (
            "With one transfer of {amount} we settled {number}, {number} and the rest from {month}.",
            "This is to let you know that all open items were paid in one go.",
            "The list is attached.",
            "Please assign the money accordingly.",
        ),
    },
    validation={
        "deposit": (
            "The deposit of {amount} for {number} has been paid.",
            "We transferred the advance payment on {date}.",
            "The rest follows after delivery.",
            "Please confirm the receipt.",
        ),
        "late but paid": (
            "The reminder came while our payment was already on its way.",
            "We are late, but {number} was paid this morning.",
            "The full {amount} was wired.",
            "Sorry for the delay.",
            "Please disregard the reminder.",
        ),
    },
    test={
        "payment run": (
            "Our bookkeeping made the payment of {amount} today.",
            "The amount for {number} was paid with our payment run on {weekday}.",
            "The money should be in your account by {date}.",
            "Our bank has confirmed the transfer.",
            "So the invoice is settled.",
        ),
        "proof": (
            "Attached you will find the proof of payment for {number}.",
            "See the bank receipt in the attachment: we have paid.",
            "The transfer was made on {date}.",
            "Please mark the bill as paid.",
            "The sum is {amount}.",
        ),
        "rest": (
            "The remaining {amount} has now been sent to you as well.",
            "With the transfer of {date} the last instalment is paid.",
            "Nothing is open any more.",
            "Please confirm that our account is even.",
            "The reference was {number}.",
        ),
        "receipt": (
            "Could you confirm the receipt of our transfer of {amount}?",
            "Please let me know when our payment has arrived in your account.",
            "It was sent from our bank on {weekday}.",
            "I used the reference {number}.",
            "We need it for our files.",
        ),
        "card": (
            "I settled the bill by credit card on {date}.",
            "The amount of {amount} was taken from my card, so we should be even.",
            "My card statement shows it under your name.",
            "Nothing should be open any more.",
        ),
    },
)
