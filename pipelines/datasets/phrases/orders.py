"""Phrases of messages: late deliveries, cancellations."""

from pipelines.datasets.phrases.families import kind

DELIVERY_DELAY = kind(
    "delivery_delay",
    train={
        "not arrived": (
            "Our order {number} has [still |]not arrived.",
            "The {product} that we ordered on {date} has not been delivered yet.",
            "It was promised for {weekday}.",
            "Can you tell me where it is?",
        ),
        "late again": (
            "The delivery is late again.",
            "This is the {ordinal} time that a delivery from you comes too late.",
            "We planned with the date you gave us.",
            "What is the new delivery date?",
        ),
        "tracking": (
            "The tracking of parcel {number} has not moved since {date}.",
            "According to the tracking page the shipment is stuck in {city}.",
            "The carrier sends me back to you.",
            "Could you ask them what is going on?",
        ),
        "partial": (
            "Only part of the order was delivered, {count} boxes are missing.",
            "The second half of the delivery has been outstanding since {date}.",
            "We can't start without the rest.",
            "The delivery note lists everything, though.",
        ),
        "postponed": (
            "You postponed the delivery date of {number} for the {ordinal} time.",
            "First you said {weekday}, then {date}, and still no truck has come.",
            "My people stood at the ramp for nothing.",
            "I need a date that holds.",
        ),
        "urgent": (
            "We urgently need the {product} by {date}, when will it be shipped?",
            "When can we expect the goods from order {number}?",
            "An event depends on it.",
            "Express would be fine as well.",
        ),
        "nowhere": (
            "Nothing has turned up so far, and {weekday} was the day you named.",
            "The pallet from {number} is nowhere to be seen.",
            "The colleagues in the warehouse looked twice.",
            "Has it left your place at all?",
        ),
        "lost": (
            "I am afraid the parcel got lost on the way.",
            "Somewhere between {city} and here our {product} has vanished.",
            "The neighbours do not have it either.",
            "Could you start a search?",
        ),
        "people wait": (
            "{count} colleagues are sitting on the floor because their furniture is overdue.",
            "Our opening is on {date} and the counter is empty, since your truck never showed up.",
            "I would have bought it elsewhere had I known.",
            "Please give me an honest estimate.",
        ),
        "backorder": (
            "Your page has said 'dispatched soon' about {number} ever since {month}.",
            "How much longer is the backorder going to take?",
            "I do not need excuses, only a day.",
            "The supplier is blamed every time I ask.",
        ),
        "waiting weeks": (
            "We have been waiting for {count} weeks now for the {product}.",
            "Delivery in three days is what your shop says, and that was {count} weeks ago.",
            "I have heard nothing from you since then.",
            "Is it in stock at all?",
        ),
    },
    validation={
        "shipping notice": (
            "I had a shipping notice on {date}, but nothing was delivered.",
            "The parcel was sent {count} days ago, they say, and it is not here.",
            "Where is our delivery?",
            "Please ask the carrier.",
        ),
        "held up": (
            "Our project is held up because your goods have not arrived.",
            "My people are waiting for the {product} that should have been delivered on {date}.",
            "It is the {ordinal} delay with this order.",
            "I need a date that you can keep.",
            "Otherwise we must buy it somewhere else.",
        ),
    },
    test={
        "date passed": (
            "The delivery of {number} was promised for {date} and we are still waiting.",
            "Your delivery date has passed, and the {product} is not here.",
            "When will it be delivered?",
            "We planned with this date.",
            "Please tell me what the delay is about.",
        ),
        "no news": (
            "I have no tracking number and no news about our order {number}.",
            "Has our order been shipped at all?",
            "It should have arrived on {weekday}.",
            "We have been waiting since {month}.",
            "Please check where the goods are.",
        ),
        "carrier": (
            "The carrier says that our parcel {number} is delayed.",
            "According to the driver, our shipment is still in the depot in {city}.",
            "The tracking page shows nothing new.",
            "Could you find out where it is?",
            "We need the delivery urgently.",
        ),
        "missing boxes": (
            "{count} of the boxes we ordered are still missing.",
            "Only half of our order was delivered, when will the rest be shipped?",
            "The delivery note lists all of them.",
            "The truck came on {weekday} without them.",
            "Please give me a delivery date.",
        ),
        "courier missed": (
            "The courier claims nobody was here on {weekday}, but the reception was staffed all day.",
            "The driver left a card instead of the parcel and has not come back since.",
            "We are open from {time}.",
            "Please have it brought again.",
        ),
    },
)

CANCELLATION = kind(
    "cancellation",
    train={
        "cancel order": (
            "I would like to cancel my order {number}.",
            "Please cancel the order for the {product} that we placed on {date}.",
            "It has not been shipped yet.",
            "Please confirm the cancellation in writing.",
        ),
        "end contract": (
            "We hereby terminate the contract {number} with effect from {date}.",
            "I want to cancel our maintenance contract at the end of {month}.",
            "Please confirm the end date.",
            "The notice period has been observed.",
        ),
        "withdraw": (
            "I make use of my right to withdraw from the purchase of the {product}.",
            "I hereby withdraw from order {number} within the 14 days.",
            "Please tell me how to return it.",
            "Please refund the {amount}.",
        ),
        "no longer needed": (
            "We no longer need the {product}, so please cancel it.",
            "Please cancel, our project was stopped and there is no use for it any more.",
            "I am sorry for the trouble.",
            "If there is a fee, let me know.",
        ),
        "subscription": (
            "Please stop the monthly subscription for coffee and filters.",
            "I want to end my subscription as of {month}.",
            "No more deliveries after that, please.",
            "The customer number is {number}.",
        ),
        "ordered by mistake": (
            "I ordered the {product} by mistake, please cancel it.",
            "A colleague placed the same order too, so {number} can be cancelled.",
            "It happened this morning.",
            "Nothing has been paid yet.",
        ),
        "call off": (
            "Please call off {number}, we changed our minds.",
            "Strike the {count} units of the {product} from our order, the boss said no.",
            "I hope it is early enough.",
            "Nothing should leave your warehouse.",
        ),
        "quit": (
            "We are out: do not continue the service agreement after {month}.",
            "Take this as our notice to quit the agreement {number}.",
            "We owe you nothing beyond that date, I believe.",
            "A short reply with the last day is what I need.",
        ),
        "closing down": (
            "We are closing our branch in {city}, therefore the service there has to end.",
            "As I am giving up my business, please wind up everything I have running with you.",
            "It was a good time with you.",
            "The machines can be collected from {date} on.",
        ),
        "not what we want": (
            "We do not want the {product} any more, please do not send it.",
            "Please undo what I booked on your site on {date}.",
            "I could not find a button for it.",
            "And then I would like my {amount} back.",
        ),
        "cancel after delay": (
            "Since you cannot say when it comes, I cancel the order.",
            "This takes too long, please take {number} off your books.",
            "Please refund what I paid in advance.",
            "I need a written confirmation.",
        ),
    },
    validation={
        "revoke": (
            "I revoke my order {number}.",
            "Please take back the order from {date}, we want to cancel.",
            "Please confirm this in writing.",
            "The {amount} should be refunded.",
        ),
        "return": (
            "I want to withdraw from the purchase and return the {product}.",
            "I would like to give the {product} back within the 14 days.",
            "Please refund {amount}.",
            "Please tell me where I have to return it to.",
            "The order has the number {number}.",
        ),
    },
    test={
        "stop order": (
            "Please stop the order {number}, we want to cancel it.",
            "Our order from {date} should be cancelled.",
            "We do not need the {product} any more.",
            "Please confirm that nothing will be shipped.",
            "It was a mistake of ours.",
        ),
        "notice": (
            "We give notice to end our contract {number} on {date}.",
            "Please take note that we terminate the service agreement.",
            "Please confirm the end of the contract in writing.",
            "The notice period is kept.",
            "We have decided for another supplier.",
        ),
        "no subscription": (
            "I do not want the coffee subscription any longer, please end it.",
            "Please cancel the monthly deliveries from {month} on.",
            "I want to stop it at the next possible date.",
            "The last delivery can be the one in {month}.",
            "Please confirm the cancellation.",
        ),
        "budget": (
            "Our budget was cut, so we have to cancel the {product}.",
            "The project was stopped and we withdraw our order {number}.",
            "Is there a fee for the cancellation?",
            "Nothing has been shipped yet, I think.",
            "I am sorry about that.",
        ),
        "found other": (
            "We found another supplier and are cancelling {number}.",
            "We decided for a competitor and end our agreement with you.",
            "This was not an easy choice.",
            "Please send a final bill.",
        ),
    },
)
