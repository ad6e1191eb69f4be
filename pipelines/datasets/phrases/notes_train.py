"""Scenes of the notes to learn from."""

from pipelines.datasets.phrases.notes import Scene

SCENES = (
    Scene(
        "server outage",
        (
            (
                "On {date} the order system was [down|out of service] for {count} hours after a failed update.",
                "The order system was out for {count} hours on {date} because an update failed.",
            ),
            (
                "About {number} orders could not be taken, which cost us an estimated {amount}.",
                "Some {number} orders worth about {amount} were lost.",
            ),
            (
                "From now on updates are only installed on Sundays, and {person} has to approve each one.",
                "Updates now happen on Sundays only, with the approval of {person}.",
            ),
        ),
        (
            "The first call came in from the shop at {time}.",
            "At first the network was suspected.",
            "The night shift had noticed slow pages before that.",
            "The log files were saved for a closer look.",
            "Customers were told by a line on the front page.",
            "The supplier of the software was on the phone the whole time.",
        ),
    ),
    Scene(
        "water damage",
        (
            (
                "A burst pipe flooded the store room in {city} during the night to {date}.",
                "The store room in {city} was flooded by a burst pipe on {date}.",
            ),
            (
                "{number} boxes of paper and {count} machines have to be written off, a loss of {amount}.",
                "{number} boxes and {count} machines worth {amount} are lost.",
            ),
            (
                "The insurance has agreed to pay {percent} percent of the damage.",
                "Insurance covers {percent} percent.",
            ),
        ),
        (
            "The caretaker heard the water when he opened the door.",
            "The fire brigade pumped until noon.",
            "Dryers are running day and night and are loud.",
            "The floor had been renewed only three years ago.",
            "Some of the pallets stood high enough to stay dry.",
            "The plumber blamed the old joints.",
        ),
    ),
    Scene(
        "sales month",
        (
            (
                "Revenue in {month} came to {amount}, which is {percent} percent more than a year ago.",
                "Revenue rose by {percent} percent to {amount} in {month}.",
            ),
            (
                "The growth comes almost entirely from service contracts, of which {count} new ones were signed.",
                "{count} new service contracts made the difference.",
            ),
            (
                "For more technicians {person} may spend up to {amount_2}.",
                "{person} may spend {amount_2} on more technicians.",
            ),
        ),
        (
            "The shop window in {city} was decorated anew.",
            "Sales of small parts stayed where they were.",
            "Two fairs were visited.",
            "The average order hardly changed.",
            "A few customers asked for later payment.",
            "The new price list was printed.",
        ),
    ),
    Scene(
        "office move",
        (
            (
                "The management has decided to move the {city} office to {street} on {date}.",
                "The office in {city} moves to {street} on {date}.",
            ),
            (
                "The rent will fall by {amount} a year, although there are {count} desks more.",
                "This saves {amount} a year in rent and adds {count} desks.",
            ),
            (
                "{person} leads the move and needs the floor plans of all teams by {date_2}.",
                "Teams send their floor plans to {person} by {date_2}.",
            ),
        ),
        (
            "Some had hoped for a place by the river.",
            "The tram stops right at the door.",
            "There was a question about bicycles.",
            "The old kitchen will be left behind.",
            "Boxes will be handed out in good time.",
            "The new rooms have large windows.",
        ),
    ),
    Scene(
        "supplier change",
        (
            (
                "We will end the agreement with {company} because {percent} percent of its deliveries were late.",
                "{company} is dropped as a supplier, since {percent} percent of its deliveries came late.",
            ),
            (
                "{company_2} takes over from {date} and is {amount} a month cheaper.",
                "From {date} on {company_2} delivers, for {amount} less a month.",
            ),
            (
                "{person} checks the first {count} deliveries herself.",
                "The first {count} deliveries are checked by {person}.",
            ),
        ),
        (
            "The talks with the old partner had always been friendly.",
            "Samples of the new goods went round the table.",
            "The packaging looks different.",
            "The warehouse had kept a list since spring.",
            "A third offer came too late to be looked at.",
            "Nobody expects trouble with the change.",
        ),
    ),
    Scene(
        "data loss",
        (
            (
                "By mistake the customer list of {city} was sent to {count} outsiders on {date}.",
                "On {date} the customer list of {city} went to {count} outsiders by mistake.",
            ),
            (
                "It held names and phone numbers of {number} people, but no bank details.",
                "Names and phone numbers of {number} people were in it, bank details were not.",
            ),
            (
                "The authority was informed in time, and {person} now trains all teams in handling such files.",
                "The authority knows, and {person} gives training to all teams.",
            ),
        ),
        (
            "The file was attached because its name looked like another one.",
            "All who got it were asked to delete it.",
            "One of them called back and was rather amused.",
            "The mail program suggests addresses by itself.",
            "The works council wanted to see the text of the letter.",
            "Our lawyer looked at it in the evening.",
        ),
    ),
    Scene(
        "project status",
        (
            (
                "The new customer portal is {count} weeks behind plan.",
                "The customer portal is late by {count} weeks.",
            ),
            (
                "The reason is the payment module, which failed {percent} percent of its tests.",
                "The payment module failed {percent} percent of its tests.",
            ),
            (
                "With {amount} more for outside help, {person} can still promise {date} as the start.",
                "{person} needs {amount} more to start on {date}.",
            ),
        ),
        (
            "The colours of the front page were praised.",
            "The team works from two cities.",
            "The search works better than the old one.",
            "There are screenshots for those who are curious.",
            "A colleague returns from parental leave and will help.",
            "The test users were chosen by lot.",
        ),
    ),
    Scene(
        "accident",
        (
            (
                "On {date} a shelf fell over in the {city} warehouse and hurt {count} people slightly.",
                "{count} people were slightly hurt on {date} when a shelf fell over in {city}.",
            ),
            (
                "The cause was a load of {number} kilos on the top row, twice as much as allowed.",
                "The top row carried {number} kilos, twice the allowed load.",
            ),
            (
                "All shelves are now bolted to the wall, which {person} will have finished by {date_2}.",
                "{person} will have every shelf bolted to the wall by {date_2}.",
            ),
        ),
        (
            "The forklift was at the other end of the hall.",
            "The first-aid box had been filled up the week before.",
            "Work went on in the afternoon.",
            "The paint on the floor has to be renewed anyway.",
            "Flowers were sent to those who stayed at home.",
            "The inspector took many photos.",
        ),
    ),
    Scene(
        "hiring",
        (
            (
                "The board has approved {count} new positions in customer service.",
                "Customer service gets {count} new positions.",
            ),
            (
                "They are needed because calls have grown by {percent} percent since {month}.",
                "Calls have gone up by {percent} percent since {month}.",
            ),
            (
                "The budget for them is {amount} a year, and {person} wants to have them filled by {date}.",
                "{person} has {amount} a year for them and fills them by {date}.",
            ),
        ),
        (
            "The advert will use the new logo.",
            "The headsets are already in the cupboard.",
            "Some of the trainees may be interested.",
            "The desks by the window are taken.",
            "We talked about the music on hold.",
            "The agency sent a calendar.",
        ),
    ),
    Scene(
        "price rise",
        (
            (
                "Prices for paper go up by {percent} percent on {date}.",
                "Paper will cost {percent} percent more from {date} on.",
            ),
            (
                "The mills charge us {amount} more a month since {month}.",
                "Since {month} the mills charge {amount} more a month.",
            ),
            (
                "Customers with a contract keep the old price for {count} more months.",
                "Contract customers are spared for {count} months.",
            ),
        ),
        (
            "The catalogue can be used up with a sticker on it.",
            "A competitor did the same in spring.",
            "The website shows gross and net.",
            "The letters are nicely folded by a machine now.",
            "Recycled paper sells well with schools.",
            "Questions from the shop floor were answered.",
        ),
    ),
    Scene(
        "audit",
        (
            (
                "The auditors found {count} invoices in {month} that were booked twice.",
                "{count} invoices of {month} were booked twice, the audit found.",
            ),
            (
                "The profit shown was therefore {amount} too low.",
                "The profit was stated {amount} too low.",
            ),
            (
                "{person} corrects the books by {date}, and a second person now checks every entry above {amount_2}.",
                "The books are corrected by {date}, and entries above {amount_2} are checked twice.",
            ),
        ),
        (
            "They sat in the glass room for three days.",
            "The folders of the year before were in order.",
            "They liked our coffee.",
            "Several drawers were opened that nobody had a key for.",
            "The final talk took less time than planned.",
            "The report has forty pages with the annexes.",
        ),
    ),
    Scene(
        "vehicle fleet",
        (
            (
                "{count} of our vans will be replaced by electric ones until {date}.",
                "By {date} {count} vans give way to electric ones.",
            ),
            (
                "Each costs {amount}, of which the state pays {percent} percent.",
                "The state pays {percent} percent of the {amount} for each.",
            ),
            (
                "The charging points in {city} are built first, {person} looks after it.",
                "{person} has charging points built in {city} first.",
            ),
        ),
        (
            "The drivers tried one and found it quiet.",
            "The old ones have many scratches.",
            "A green stripe was suggested for the doors.",
            "The yard gets dark early in winter.",
            "Tyres are stored at the garage next door.",
            "Someone asked about the radio.",
        ),
    ),
)
