"""Phrases of messages: requests for quotes, renewals of contracts."""

from pipelines.datasets.phrases.families import kind

QUOTE_REQUEST = kind(
    "quote_request",
    train={
        "quote": (
            "Please send us a quote for {count} pieces of the {product}.",
            "We would like to have an offer for {count} units of the {product}.",
            "Delivery would be to {city}.",
            "Please name the delivery time as well.",
        ),
        "price": (
            "What does the {product} cost?",
            "Could you tell me the price of the {product} for {count} pieces?",
            "I could not find it on your website.",
            "We are a small company.",
        ),
        "volume discount": (
            "Is there a discount if we order more than {count}?",
            "Which price could you give us for larger quantities?",
            "We compare three suppliers at the moment.",
            "We would order every {month}.",
        ),
        "furnish office": (
            "We are setting up a new office for {count} people and are looking for a supplier.",
            "We plan to furnish our branch in {city} and would like to get an offer.",
            "We need desks, chairs and lamps.",
            "The budget is about {amount}.",
        ),
        "maintenance price": (
            "How much would a maintenance contract for {count} machines be per month?",
            "Please make us an offer for the maintenance of our printers.",
            "They are of different makes.",
            "We have no contract for them so far.",
        ),
        "tender": (
            "We invite you to take part in our tender for office supplies.",
            "Please submit your offer for the {product} by {date}.",
            "The list of requirements is attached.",
            "Prices should be net.",
        ),
        "ballpark": (
            "Roughly what would we have to reckon with for {count} workplaces?",
            "Could you give me a ballpark figure for the {product}, all in?",
            "It does not have to be binding.",
            "My boss wants a number by {weekday}.",
        ),
        "better terms": (
            "Another shop sells the {product} for {amount}, can you beat that?",
            "On what terms would you supply us if we took {count} of them?",
            "We would decide within a week.",
            "Quality matters to us too.",
        ),
        "estimate": (
            "Please draw up an estimate for replacing all the lamps on two floors.",
            "We intend to buy {count} new chairs and are asking around.",
            "You may visit us to measure.",
            "There is a lift, and parking in the yard.",
        ),
        "custom": (
            "Do you also make the {product} to measure, and what is the surcharge?",
            "I would be interested in the {product} with our logo on it, what would that come to?",
            "We are thinking of {count} pieces.",
            "A sample would be nice.",
        ),
        "catalogue": (
            "Please send me your current price list.",
            "I am interested in your range, do you have a catalogue with prices?",
            "A PDF will do.",
            "We do not know you yet.",
        ),
    },
    validation={
        "best price": (
            "What is your best price for {count} of the {product}?",
            "We would like to know what {count} pieces would cost, delivered to {city}.",
            "Please send an offer by {weekday}.",
            "We compare several suppliers.",
        ),
        "discount": (
            "Which discount do you give to schools?",
            "From what quantity on do your prices go down?",
            "We would order {count} every year.",
            "I am looking for a new supplier.",
            "An offer by mail would be fine.",
        ),
    },
    test={
        "offer": (
            "We need an offer for {count} pieces of the {product}, with delivery to {city}.",
            "Please quote your best price for {count} units.",
            "The offer should be valid until {date}.",
            "Please name the net price.",
            "You were recommended to us.",
        ),
        "how much": (
            "How much is the {product} if we take {count} of them?",
            "Can you tell me what a {product} would cost us?",
            "There is no price on your website.",
            "There are only a few of us.",
            "Our budget is {amount}.",
        ),
        "comparing": (
            "We are asking several suppliers for their prices for the {product}.",
            "Your offer would interest us as well: {count} new desks and chairs.",
            "We want to decide by {date}.",
            "Please send us your price list too.",
            "Is there a discount for that quantity?",
        ),
        "service price": (
            "What would it cost per month if you looked after our {count} machines?",
            "We would like an offer for a maintenance contract.",
            "The machines are of different makes.",
            "So far another company did it.",
            "Please give us a price for the year.",
        ),
        "rent": (
            "Can the {product} be rented, and at what rate?",
            "What would leasing the {product} come to per month?",
            "We need it for {count} weeks.",
            "Is delivery included in that?",
        ),
    },
)

CONTRACT_RENEWAL = kind(
    "contract_renewal",
    train={
        "renew": (
            "We would like to renew our contract {number} for another year.",
            "Please renew the maintenance contract that ends on {date}.",
            "The terms can stay as they are.",
            "Please send us the papers to sign.",
        ),
        "extend": (
            "Can the contract {number} be extended by {count} months?",
            "We want to extend our agreement beyond {month}.",
            "We are happy with the service.",
            "Is a new signature necessary?",
        ),
        "expires": (
            "Our service contract expires on {date}, what do we have to do so that it goes on?",
            "The contract runs out in {month} and we want to keep it.",
            "There should be no gap.",
            "{person} signed the last one.",
        ),
        "new terms": (
            "We want to prolong the contract, but with {count} machines instead of the old number.",
            "Before we renew the contract we would like to talk about the conditions.",
            "The monthly fee has gone up twice.",
            "Please send a new draft.",
        ),
        "automatic": (
            "Does our contract renew automatically?",
            "Is contract {number} extended by itself, or do we have to sign again?",
            "I could not find the clause.",
            "We want to go on in any case.",
        ),
        "signed": (
            "Please find attached the signed renewal of contract {number}.",
            "We accept your proposal for the contract extension.",
            "It begins on {date}.",
            "Please send a countersigned copy.",
        ),
        "carry on": (
            "The agreement is over at the end of {month}, and we would gladly carry on with you.",
            "Nothing speaks against two more years on the same footing.",
            "Just tell me where to sign.",
            "Our board gave its blessing on {weekday}.",
        ),
        "lapse": (
            "I noticed that our cover is about to lapse, please keep it going.",
            "Please make sure the service does not stop on {date}, we need it for longer.",
            "Without it our insurer gets nervous.",
            "I thought it went on by itself.",
        ),
        "follow up": (
            "We should talk about the follow-up agreement before the present one ends.",
            "What would a follow-up to {number} look like from {month} on?",
            "We would commit for longer if the fee stays put.",
            "{person} will look after it here.",
        ),
        "stay on board": (
            "We are staying on board for the coming period.",
            "Count us in for next year, on the old conditions.",
            "That concerns the agreement {number}.",
            "The monthly {amount} are approved.",
        ),
        "upgrade": (
            "When the agreement is renewed we would like to change to the larger plan.",
            "For the next contract period we want the smaller package.",
            "The rest of the agreement can stay.",
            "What would be the new term?",
        ),
    },
    validation={
        "renewal offer": (
            "Please send us the documents for the renewal of {number}.",
            "Our contract can be extended on the same conditions.",
            "It ends on {date}.",
            "We want to keep the service.",
        ),
        "by itself": (
            "Will contract {number} be extended by itself at the end of {month}?",
            "Do we have to do anything so that the contract goes on?",
            "I did not find a clause about the renewal.",
            "We want to keep it in any case.",
            "Our agreement is from {date}.",
        ),
    },
    test={
        "one more year": (
            "Our contract should run for one more year.",
            "Please extend the contract {number} by {count} months.",
            "The conditions should stay the same.",
            "The service has been good so far.",
            "Please send us the papers.",
        ),
        "ends soon": (
            "Our maintenance contract ends on {date}, and we would like to renew it.",
            "The service agreement expires in {month}, how can we extend it?",
            "We do not want a gap.",
            "Do we have to sign a new one?",
            "{person} used to do this here.",
        ),
        "terms": (
            "For the renewal we would like to keep the monthly fee of {amount}.",
            "Before we extend the agreement, we have a question about the new terms.",
            "We now have {count} machines.",
            "Please send us a draft of the contract.",
            "We want to go on for two years.",
        ),
        "accepted": (
            "We agree to the extension of our contract until {date}.",
            "Please find the signed extension of the agreement attached.",
            "Please send a copy back to us.",
            "The new period begins in {month}.",
            "The contract number is {number}.",
        ),
        "another term": (
            "We would go for another term of two years.",
            "Please put us down for a further year of the service agreement.",
            "The {product} should be covered as before.",
            "I need the new papers by {weekday}.",
        ),
    },
)
