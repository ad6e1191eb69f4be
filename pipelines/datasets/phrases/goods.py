"""Phrases of messages: complaints about quality, technical faults."""

from pipelines.datasets.phrases.families import kind

QUALITY_COMPLAINT = kind(
    "quality_complaint",
    train={
        "damaged": (
            "The {product} arrived damaged.",
            "When we unpacked the {product} we found [scratches|dents|cracks] on it.",
            "The box was fine on the outside.",
            "I attach pictures.",
        ),
        "cheap": (
            "The quality of the {product} is really disappointing.",
            "For {amount} I expected better quality.",
            "It feels like cheap plastic.",
            "I want to complain about it formally.",
        ),
        "wore out": (
            "After {count} weeks the fabric of the chairs is already worn through.",
            "The paint is coming off the {product} after a few months.",
            "We treated it with care.",
            "That must not happen with new goods.",
        ),
        "wrong item": (
            "You sent us the wrong colour.",
            "We ordered the large model of the {product} and got the small one.",
            "I want it exchanged.",
            "The delivery note says the right thing, the box does not.",
        ),
        "rude staff": (
            "I want to complain about the man who installed the {product}.",
            "Your technician was rude and left a mess behind.",
            "That is not the service we pay for.",
            "My colleagues had to clean up after him.",
        ),
        "taste": (
            "The coffee beans from the last delivery taste burnt.",
            "The last batch of paper is so thin that the print shows through.",
            "Everybody here noticed.",
            "We want a replacement or our money back.",
        ),
        "shoddy": (
            "Honestly, the finish of the {product} is shoddy.",
            "I have rarely seen such careless work as on the {count} cabinets you sent.",
            "My brother-in-law does better in his garage.",
            "How do you intend to make up for this?",
        ),
        "smell": (
            "The new chairs smell so strongly of glue that nobody wants to sit on them.",
            "There are stains on the surface that will not come off, straight out of the carton.",
            "We aired the room for days.",
            "Please replace them with flawless ones.",
        ),
        "broke": (
            "The armrest came off in my hand on the {ordinal} day.",
            "A leg of the {product} snapped while {person} was just standing next to it.",
            "Somebody could have been hurt.",
            "This must not be sold.",
        ),
        "used goods": (
            "What you sold us as new has clearly been used before.",
            "Inside the {product} I found somebody else's crumbs and fingerprints.",
            "I did not pay {amount} for second hand.",
            "I am quite upset, to be honest.",
        ),
        "not as described": (
            "The {product} does not look at all like the one in your catalogue.",
            "The material is not what the description promised.",
            "I feel misled.",
            "Please take it back.",
        ),
    },
    validation={
        "complaint": (
            "This is a formal complaint about the goods we received on {date}.",
            "I must complain about the poor quality of the {product}.",
            "It does not look like new goods.",
            "I expect an exchange or my money back.",
        ),
        "wrong goods": (
            "In the box was the wrong model.",
            "The colour is not the one that we ordered, and there are stains on it.",
            "That is disappointing.",
            "Please take it back and send the right one.",
            "Your catalogue promised something better.",
        ),
    },
    test={
        "scratched": (
            "The surface of the {product} is scratched and one corner is dented.",
            "When we opened the box, the {product} had cracks.",
            "I attach pictures of it.",
            "We want a replacement.",
            "New goods must not look like that.",
        ),
        "bad material": (
            "The material is so cheap that I am really disappointed with the {product}.",
            "The quality of the last delivery was poor.",
            "We expected better for {amount}.",
            "My colleagues say the same.",
            "I would like to complain about it.",
        ),
        "bad service": (
            "I have to complain about your service, the lady on the phone was very rude.",
            "The men who brought the {product} were rude and left a mess.",
            "That is not what we pay for.",
            "I want an apology.",
            "My colleagues were upset, too.",
        ),
        "worn": (
            "After only {count} weeks the cover is worn through.",
            "The paint of the new {product} is already coming off.",
            "It is badly made.",
            "I would like to have it exchanged for a proper one.",
            "Nobody handled it roughly.",
        ),
        "wobbles": (
            "{count} of the desks wobble and the screws do not fit.",
            "The drawers of the new cabinets do not close properly because they are badly made.",
            "That is poor workmanship.",
            "I expect a replacement.",
        ),
    },
)

TECHNICAL_FAULT = kind(
    "technical_fault",
    train={
        "does not start": (
            "The {product} does not [start|turn on|switch on] any more.",
            "Since {weekday} the {product} has been dead.",
            "We tried another socket.",
            "The light stays off.",
        ),
        "error code": (
            "The display shows error {count} and nothing works.",
            "The {product} stops with an error message every time.",
            "The manual does not mention it.",
            "Switching it off and on did not help.",
        ),
        "leaks": (
            "Water is leaking from the coffee machine.",
            "The water dispenser is dripping and there is a puddle below it.",
            "We turned it off for now.",
            "When can a technician come?",
        ),
        "noise": (
            "The {product} makes a loud noise when it is running.",
            "There is a grinding noise from inside the {product}, and then it stops.",
            "It started on {weekday}.",
            "The serial number is {number}.",
        ),
        "login": (
            "I cannot log in to your customer portal.",
            "The portal says my password is wrong, and resetting it does not work.",
            "I tried two browsers.",
            "The page stays white after that.",
        ),
        "jam": (
            "The printer jams on every second page.",
            "The scanner is not recognised by our computers since the last update.",
            "The drivers are up to date.",
            "Please send somebody who can fix it.",
        ),
        "went dark": (
            "The screen of the {product} went dark in the middle of a meeting and stays that way.",
            "All of a sudden the {product} gave up the ghost.",
            "The fuse is fine, we looked.",
            "What else can we try before you send someone?",
        ),
        "app crashes": (
            "Your ordering app crashes as soon as I tap on the basket.",
            "On your website I get thrown out each time I want to open a page of our account.",
            "It happens on my phone and on my laptop.",
            "A colleague has the same trouble.",
        ),
        "stuck": (
            "The height adjustment is stuck at the very top and the buttons do nothing.",
            "Something inside the {product} is blocked, it only hums.",
            "I have already read the troubleshooting pages.",
            "The device number is {number}.",
        ),
        "streaks": (
            "Every printout has grey streaks, whatever we clean.",
            "The milk frother only spits cold air since {date}.",
            "We followed the descaling program twice.",
            "Could a repair be arranged?",
        ),
        "overheats": (
            "The projector overheats and shuts itself down after ten minutes.",
            "The shredder blocks and the motor gets very hot.",
            "The fan is clean.",
            "It is still under warranty, I think.",
        ),
    },
    validation={
        "fails": (
            "The {product} keeps failing since the last update.",
            "Every morning the {product} shows an error and has to be restarted.",
            "Could a technician have a look at it?",
            "The manual does not help.",
        ),
        "connection": (
            "Our computers do not find the printer any more since the update.",
            "The scanner stops in the middle of a page and loses the connection.",
            "The drivers were installed again.",
            "Switching off does not help.",
            "Please tell us how to fix it.",
        ),
    },
    test={
        "not working": (
            "Since this morning the {product} has not been working.",
            "The {product} switches itself off again and again.",
            "We tried to restart it.",
            "Another socket did not help.",
            "When can a technician have a look?",
        ),
        "message": (
            "There is an error message on the display of our {product}.",
            "The {product} reports error {count} and then stops.",
            "Nothing in the manual helps.",
            "We switched it off and on again.",
            "Please send somebody to repair it.",
        ),
        "portal down": (
            "The login to your portal does not work.",
            "When I open your website to log in, I only see an error page.",
            "I tried another browser.",
            "The password is the right one.",
            "Is there a fault on your side?",
        ),
        "water and noise": (
            "The coffee machine is losing water and makes a strange noise.",
            "There is water running out below the machine.",
            "We turned it off.",
            "It started yesterday.",
            "On the back it says {number}.",
        ),
        "network": (
            "The printer keeps losing its connection to the network.",
            "Since the update our headsets do not pair with the phones.",
            "Restarting helps for an hour.",
            "Is there a fix for that?",
        ),
    },
)
