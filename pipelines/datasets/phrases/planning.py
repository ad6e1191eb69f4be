"""Phrases of messages: requests for appointments, changes of address."""

from pipelines.datasets.phrases.families import kind

APPOINTMENT_REQUEST = kind(
    "appointment_request",
    train={
        "appointment": (
            "I would like to make an appointment for [the coming week|next week|{weekday}].",
            "Could we arrange an appointment on {date} at {time}?",
            "It should take about an hour.",
            "Mornings suit us best.",
        ),
        "maintenance visit": (
            "The yearly maintenance is due, when can you come?",
            "Please suggest a date for the maintenance of the {product}.",
            "Someone is here from {time} on.",
            "Please call us before you come.",
        ),
        "consultation": (
            "We would like to have a personal meeting about our new office.",
            "Is it possible to have a consultation with one of your advisers on {weekday}?",
            "{person} would join us.",
            "We can come to you as well.",
        ),
        "reschedule": (
            "Unfortunately I have to move our appointment on {date} to another day.",
            "Can we reschedule the meeting from {weekday} to {weekday}?",
            "Something came up here.",
            "The time can stay the same.",
        ),
        "showroom": (
            "I would like to visit your showroom in {city} on {date}.",
            "When would be a good time to see the {product} at your place?",
            "We would be {count} people.",
            "Do I need to book a time?",
        ),
        "video call": (
            "Could we have a video call on {weekday} at {time}?",
            "Please send me a few dates for a call with {person}.",
            "Half an hour is enough.",
            "I will send an invitation.",
        ),
        "diary": (
            "Would {weekday} at {time} fit into your diary?",
            "My calendar is open on {date} and the day after, what about yours?",
            "I would come to {city}.",
            "A cup of coffee is waiting.",
        ),
        "drop by": (
            "May I drop by on {weekday} so that we can go through it in person?",
            "When could somebody from your side come round and have a look at the rooms?",
            "We are usually in until {time}.",
            "The doorbell says {company}.",
        ),
        "sit together": (
            "Let us sit down together before {date}.",
            "{person} suggested that we get together in {month}, which day is good for you?",
            "Our meeting room is booked quickly.",
            "Two hours ought to do.",
        ),
        "inspection": (
            "The safety inspection has to take place by {date}, please propose a day.",
            "I can't make it on {weekday} after all, would the week after be possible for the inspection?",
            "Somebody has to let you in.",
            "The key is with the caretaker.",
        ),
        "free slot": (
            "Do you have a free slot on {weekday} afternoon?",
            "Is there still a free date before {date}?",
            "We are flexible.",
            "It is about a meeting with your adviser.",
        ),
    },
    validation={
        "suggest": (
            "Please suggest two dates for a meeting in {city}.",
            "I would like to come to your office on {weekday}, is that possible?",
            "It will take an hour.",
            "{person} will come along.",
        ),
        "call": (
            "When can we have a call about this, perhaps on {weekday} at {time}?",
            "Please suggest a time for a short video meeting.",
            "Half an hour will do.",
            "{person} would like to join.",
            "I am free from {date} on.",
        ),
    },
    test={
        "arrange": (
            "I would like to arrange a meeting with {person} on {date}.",
            "Can we make an appointment for {weekday} at {time}?",
            "An hour should be enough.",
            "We can come to your office.",
            "Please confirm the time.",
        ),
        "technician date": (
            "Please give us a date on which your technician can come for the maintenance.",
            "When could you come for the yearly inspection?",
            "We are here from {time} on.",
            "{weekday} would suit us best.",
            "Please call before the visit.",
        ),
        "move it": (
            "I cannot keep our appointment on {date}, can we move it?",
            "Would another day be possible for our meeting?",
            "{weekday} at {time} would be fine.",
            "Something else came up.",
            "Please send me a new date.",
        ),
        "advice": (
            "I would like a personal consultation about our new rooms, when do you have time?",
            "Is it possible to visit your showroom on {weekday}?",
            "We would come with {count} people.",
            "Do you have a free date this month?",
            "The afternoon would be best.",
        ),
        "installer": (
            "Please let us know on which day your installer can come for the {product}.",
            "We need a date for the installation, any time after {date} works.",
            "The room is free from {time}.",
            "Please confirm the date by mail.",
        ),
    },
)

ADDRESS_CHANGE = kind(
    "address_change",
    train={
        "we move": (
            "We are moving: from {date} on our address is {street}, {city}.",
            "Our company [is moving|moves] to {street} in {city} on {date}.",
            "Please update our customer data.",
            "The phone number stays the same.",
        ),
        "private move": (
            "I have moved and my new address is {street}, {city}.",
            "My old address in {city} is no longer valid.",
            "Please send everything to the new place from now on.",
            "The customer number is {number}.",
        ),
        "billing address": (
            "The billing address has changed, it is now {street}, {city}.",
            "Please use a different address for invoices: {street}, {city}.",
            "The delivery address is not affected.",
            "This holds from {month} on.",
        ),
        "mail address": (
            "Our e-mail address for orders has changed to {email}.",
            "Please write to {email} from now on, the old mailbox will be closed.",
            "{person} has left the company.",
            "The old address works until {date}.",
        ),
        "new name": (
            "Our company was renamed: we are now {company}.",
            "I got married, please change my name in your records to {person}.",
            "The legal form stays the same.",
            "All other details remain.",
        ),
        "wrong on file": (
            "You still have our old street on file.",
            "There is a mistake in our customer data: the house number should be {count}, the street is {street}.",
            "Letters come back to you because of it.",
            "Please correct the entry.",
        ),
        "relocating": (
            "On {date} we relocate to the other end of town, {street}.",
            "Our team is packing boxes, as of {month} you will find us at {street} in {city}.",
            "Kindly adjust your records.",
            "The landline will be switched over as well.",
        ),
        "letters go astray": (
            "Your letters keep going to {street}, where we have not been for a year.",
            "The new tenant at {street} keeps handing me post from you that should come to {city}.",
            "We sit in {street}, {city} now.",
            "Someone must have kept the previous entry.",
        ),
        "phone": (
            "You can reach me under a new phone number, the one in your system is dead.",
            "Please note down my new mobile number, it ends in {count}.",
            "The e-mail stays {email}.",
            "I noticed because your colleague could not get through.",
        ),
        "parcel desk": (
            "Please enter {street} as the place for parcels, the gate we used so far is closed for good.",
            "From now on goods come to our warehouse in {city}, and only letters to the office.",
            "The desk there is staffed from {time}.",
            "Would you store that for the future?",
        ),
        "second site": (
            "We opened a second office at {street}, {city}, please add it to our account.",
            "Please delete the site in {city} from our customer record, we gave it up.",
            "The main address remains.",
            "The change is valid from {date}.",
        ),
    },
    validation={
        "home office": (
            "I work from home now, so please use {street}, {city} as my address.",
            "Please note our temporary address: {street}, {city}.",
            "It is valid until {date}.",
            "Please change it in your system.",
        ),
        "delivery address": (
            "Our delivery address has changed to {street}, {city}.",
            "Please correct the street in our customer data, it should be {street}.",
            "The billing address is not affected.",
            "You still have the wrong house number.",
            "Our warehouse has moved there.",
        ),
    },
    test={
        "new office": (
            "Since {date} our new office has been at {street}, {city}.",
            "Our new postal address is {street}, {city}.",
            "Please change it in your records.",
            "The old address is no longer valid.",
            "The phone number has not changed.",
        ),
        "after merger": (
            "After the merger our company name is {company} and our address is {street}, {city}.",
            "We have a new name: please change our customer data to {company}.",
            "The legal form and the tax number stay the same.",
            "Please update the account.",
            "The mail addresses will change in {month}.",
        ),
        "send elsewhere": (
            "Please send our post to {street} in {city} from now on, not to the old place.",
            "Letters to us should go to {street}, {city}, we have moved.",
            "The last one went to our previous address.",
            "Please correct it on your side.",
            "This is valid from {date} on.",
        ),
        "new mail": (
            "Please change the e-mail address in our customer account to {email}.",
            "My mail address is a new one: {email}.",
            "The old mailbox is closed.",
            "The postal address remains the same.",
            "You know us under the number {number}.",
        ),
        "contact person": (
            "From {month} on, {person} is your contact here, please change it in your files.",
            "Please replace {person} by {person} as the contact in our customer account.",
            "The mail address is {email}.",
            "The rest of the record may stay as it is.",
        ),
    },
)
