"""What stands around the concern of a message: greetings, small talk, signatures, disclaimers, quoted mail."""

GREETINGS = (
    "Hello,",
    "Hi,",
    "Hi there,",
    "Dear Sir or Madam,",
    "Dear {person},",
    "Dear Brackwater team,",
    "Good [morning|afternoon|evening],",
    "Hello {first_name},",
    "To whom it may concern,",
)

# Said before or after the concern; tells nothing about it.
SMALL_TALK = (
    "I hope you are well[ in this weather|].",
    "It was nice to meet {person} at the fair in {city}.",
    "We have been your customers for {count} years now.",
    "I tried to call, but the line was busy.",
    "I am writing on behalf of {company}.",
    "Sorry for the long mail.",
    "I am on the train, so please excuse the typing.",
    "Please forgive my English.",
    "[Yesterday|On {weekday}] I spoke to {person} about it.",
    "My colleague {first_name} is on holiday, so I look after this.",
    "The last weeks were rather busy here.",
    "I hope I am in the right place with this.",
    "By the way, your new website looks good.",
    "The weather in {city} is dreadful.",
    "Our customer number is {number}.",
    "It is about the {product}, among other things.",
    "We are going to be closed on {date}.",
    "Your colleague on the phone said I should write to you.",
    "My computer crashed, so this is the second attempt.",
    "I have been with {company} since {month}.",
)

# A second concern, mentioned in passing and settled by itself: the message is not about it.
ASIDES = (
    "The other invoice was fine, by the way, this is not about that.",
    "The last delivery came on time, at least.",
    "Thanks for the quick repair in {month}, that still works.",
    "We may need a quote for something else later, but not now.",
    "Our address is still the same, in case you wonder.",
    "The payment for {month} is a different matter.",
    "The maintenance date in {month} stands, of course.",
    "The contract itself is not in question.",
    "Please greet the technician who was here in {month}.",
    "{person}, who applied to you last year, says hello.",
    "I had complained about the chairs once, that is long settled.",
    "I know that the order from {month} was cancelled, that is fine.",
    "The portal works again, too.",
    "We will meet on {date} anyway.",
)

CLOSINGS = (
    "Please let me know[ soon| by {weekday}|].",
    "I look forward to your answer.",
    "Thanks in advance.",
    "Please get back to me.",
    "If you have questions, call me.",
    "Many thanks for your efforts.",
    "Please answer by mail.",
    "I would be grateful for a quick reply.",
    "Hope to hear from you.",
)

SIGN_OFFS = (
    "Best regards\n{person}",
    "Kind regards,\n{person}",
    "Regards\n{first_name}",
    "Yours sincerely\n{person}",
    "Cheers\n{first_name}",
    "Thanks, {first_name}",
    "{person}",
    "BR {first_name}",
)

SIGNATURES = (
    "{company}\n{street}, {city}\nPhone {phone}",
    "--\n{person}\n{company}\n{email}",
    "{company} | {city} | {phone}",
    "Sent from my phone",
    "Sent from my tablet, please excuse errors",
)

DISCLAIMERS = (
    "This message is confidential. If you are not the intended recipient, please delete it.",
    "Please consider the environment before printing this e-mail.",
    "The content of this e-mail is not binding unless it is confirmed in writing.",
)

SUBJECTS = (
    "Subject: question",
    "Subject: {number}",
    "Subject: urgent!",
    "Re: your message",
    "Subject: Brackwater / {company}",
    "Fwd: please have a look",
)

QUOTE_HEADERS = (
    "On {date}, service@brackwater.example wrote:",
    "On {date} at {time}, {person} wrote:",
    "----- Original message -----\nFrom: {email}",
)

# What we or a third person had written before: often about something else than the answer above it.
QUOTED = (
    "Dear customer,\nthank you for your message. We will answer within two working days.",
    "Dear {person},\nyour order {number} has been received.\nYour Brackwater team",
    "Please find attached our invoice {number}.\nIt is due within 14 days.",
    "Your parcel {number} was handed to the carrier.",
    "Our technician will call you before he comes.\nKind regards, {first_name}",
    "please take care of this, it is for your desk\n{first_name}",
    "How satisfied were you with our service? Tell us in two minutes.",
    "We noted your call of {date} under the number {number}.",
    "our prices will change in {month}, see the attachment",
    "thanks for the talk, here is the summary as promised\n{first_name}",
)
