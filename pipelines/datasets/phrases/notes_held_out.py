"""Scenes of the notes to choose and to judge by; none of them is learned from."""

from pipelines.datasets.phrases.notes import Scene

VALIDATION_SCENES = (
    Scene(
        "power cut",
        (
            (
                "A power cut stopped all machines in {city} for {count} hours on {date}.",
                "All machines in {city} stood still for {count} hours on {date}, as there was no power.",
            ),
            (
                "Repairs and overtime came to {amount}.",
                "This cost {amount} in repairs and overtime.",
            ),
            (
                "{person} was asked to buy an emergency generator by {date_2}.",
                "{person} buys a generator by {date_2}.",
            ),
        ),
        (
            "The lift was empty when it happened.",
            "Candles were found in the drawer of the reception.",
            "The phones went on for a while.",
            "A digger had hit a cable in the next street.",
            "Some took the chance to tidy up.",
            "The freezer in the kitchen had to be emptied.",
        ),
    ),
    Scene(
        "survey",
        (
            (
                "In the customer survey of {month}, {percent} percent said that they would recommend us.",
                "{percent} percent of customers would recommend us, says the survey of {month}.",
            ),
            (
                "The most frequent complaint, from {number} people, was the waiting time on the phone.",
                "{number} people complained about waiting on the phone.",
            ),
            (
                "A call-back service will start on {date} and may cost {amount} a month.",
                "From {date} on there will be a call-back service for {amount} a month.",
            ),
        ),
        (
            "The questions were the same as before.",
            "The prize for taking part was a coffee machine.",
            "Answers came in by mail and on cards.",
            "Some wrote whole letters.",
            "The charts are made by hand.",
            "A few of the answers were about the weather.",
        ),
    ),
    Scene(
        "theft",
        (
            (
                "{count} scanners worth {amount} were stolen from the van of {person} on {date}.",
                "Thieves took {count} scanners worth {amount} from a van on {date}.",
            ),
            (
                "The police closed the case, and the insurance refuses to pay because the van was open.",
                "Insurance does not pay, as the van was not locked, and the police gave up.",
            ),
            (
                "Vans get an alarm before {date_2}.",
                "Alarms will be fitted by {date_2}.",
            ),
        ),
        (
            "It was raining heavily.",
            "A neighbour saw somebody with a cap.",
            "The stop took only a few minutes.",
            "The papers on the front seat were left alone.",
            "The customer waited in vain and was kind about it.",
            "New ones were borrowed from another team.",
        ),
    ),
)

TEST_SCENES = (
    Scene(
        "recall",
        (
            (
                "We have to call back {number} kettles that were sold between {month} and {date}.",
                "{number} kettles sold from {month} to {date} are recalled.",
            ),
            (
                "In {count} of them the handle melted, and one customer burnt her hand.",
                "The handle melted in {count} cases and burnt one customer.",
            ),
            (
                "The maker bears the cost of {amount}, and {person} writes to all buyers this week.",
                "The maker pays {amount}, and {person} informs the buyers.",
            ),
        ),
        (
            "The kettle had been a favourite in the shop.",
            "The colour does not matter for the fault.",
            "Returned ones are kept in the cellar.",
            "A template for the letter came from the trade body.",
            "The phone line has been quiet so far.",
            "Pictures of the handles were shown.",
        ),
    ),
    Scene(
        "quarter costs",
        (
            (
                "Costs in the quarter up to {month} were {amount}, {percent} percent above the budget.",
                "At {amount}, costs were {percent} percent over budget in the quarter up to {month}.",
            ),
            (
                "Energy alone took {amount_2} of that.",
                "Energy accounts for {amount_2}.",
            ),
            (
                "{person} has to find savings in {count} departments by {date}.",
                "{person} must save in {count} departments by {date}.",
            ),
        ),
        (
            "The table has a new column on the right.",
            "Travel was almost nothing.",
            "The postage machine was read twice.",
            "The cleaning firm kept to its price.",
            "Some of the figures were rounded.",
            "We looked at the old heating for a while.",
        ),
    ),
    Scene(
        "pilot test",
        (
            (
                "The trial of the new scanning app with {count} drivers in {city} has ended.",
                "{count} drivers in {city} finished testing the scanning app.",
            ),
            (
                "Wrong deliveries fell by {percent} percent during the trial.",
                "It brought wrong deliveries down by {percent} percent.",
            ),
            (
                "The app will be given to all drivers on {date}, at a cost of {amount}.",
                "All drivers get it on {date} for {amount}.",
            ),
        ),
        (
            "The icon was drawn by a trainee.",
            "Gloves turned out to be a problem for the touch screen.",
            "The phones fit into the door of the van.",
            "One of them fell into a puddle and survived.",
            "A short film explains the buttons.",
            "Older drivers were faster than the young ones.",
        ),
    ),
    Scene(
        "customer lost",
        (
            (
                "{company} told us that it will not renew its contract after {date}.",
                "{company} leaves us after {date}.",
            ),
            (
                "This was {percent} percent of the revenue of {city}, or {amount} a year.",
                "{city} loses {amount} a year, which is {percent} percent of its revenue.",
            ),
            (
                "Their reason is that repairs took {count} days on average.",
                "They left because repairs took {count} days.",
            ),
        ),
        (
            "The letter was polite and short.",
            "We had a stand together at the fair once.",
            "Their head of purchasing is new.",
            "A basket with fruit was sent at the last holiday.",
            "The file goes back more than ten years.",
            "Their machines are in good shape.",
        ),
    ),
    Scene(
        "warehouse plan",
        (
            (
                "The board agreed to build a second hall in {city} for {amount}.",
                "A second hall in {city} is to be built for {amount}.",
            ),
            (
                "It will hold {number} pallets and should be ready on {date}.",
                "It holds {number} pallets and opens on {date}.",
            ),
            (
                "{person} must bring offers of at least {count} builders before {date_2}.",
                "{person} collects offers from {count} builders by {date_2}.",
            ),
        ),
        (
            "The meadow behind the fence has been ours for years.",
            "The neighbours were asked early this time.",
            "Somebody wanted solar panels on the roof.",
            "There is a hedge with birds in it.",
            "The drawings hang in the corridor.",
            "The gate will be wider than the present one.",
        ),
    ),
    Scene(
        "training",
        (
            (
                "Since {month}, {number} employees have passed the fire safety course.",
                "{number} employees have passed the fire safety course since {month}.",
            ),
            (
                "In {city}, however, {percent} percent have not yet taken part.",
                "In {city} {percent} percent are still missing.",
            ),
            (
                "The inspector comes on {date}, and a fine of {amount} is possible if they do not catch up.",
                "If they do not catch up before the inspection on {date}, a fine of {amount} threatens.",
            ),
        ),
        (
            "The trainer has a loud voice.",
            "The smoke was made with a machine.",
            "Everybody could try the extinguisher once.",
            "The certificates are printed on thick paper.",
            "A dog took part by accident.",
            "The course takes two hours with a break.",
        ),
    ),
)
