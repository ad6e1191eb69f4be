"""Phrases of messages: job applications, praise."""

from pipelines.datasets.phrases.families import kind

JOB_APPLICATION = kind(
    "job_application",
    train={
        "apply": (
            "I am applying for the position of [service technician|sales assistant|warehouse clerk|bookkeeper].",
            "I would like to apply for the job that you advertised on {date}.",
            "My CV and my certificates are attached.",
            "I could start in {month}.",
        ),
        "speculative": (
            "I am looking for a new job and would like to work for your company.",
            "Do you have any open positions in {city}?",
            "I have {count} years of experience in sales.",
            "I would be glad about an interview.",
        ),
        "apprentice": (
            "I am looking for an apprenticeship starting in {month}.",
            "My daughter would like to do an internship with you.",
            "I finish school this summer.",
            "I am interested in technology and like working with people.",
        ),
        "interview date": (
            "Thank you for the invitation to the job interview on {date}.",
            "I wanted to ask about the status of my application from {date}.",
            "I am still very interested in the position.",
            "I have no other offers yet.",
        ),
        "qualification": (
            "With my training as a mechanic I would fit well into your team.",
            "For {count} years I have been working as a technician, and I would like a new challenge.",
            "References can be had from my present employer.",
            "My salary expectation is {amount} per month.",
        ),
        "part time": (
            "Do you have part-time work in the office or in the warehouse?",
            "I am a student and would like to work for you in the holidays.",
            "I have a driving licence.",
            "I am available from {date}.",
        ),
        "hire me": (
            "Are you hiring at the moment? I can repair almost anything.",
            "{person} told me that you need people for the night shift, and I would be up for it.",
            "I have been out of work since {month}.",
            "My references are good.",
        ),
        "returning": (
            "After the parental leave I want to get back into working life, ideally with you.",
            "I used to be with a competitor of yours and would be keen to join you.",
            "I know the trade inside out.",
            "When would be a good time to introduce myself?",
        ),
        "role": (
            "The role of team lead that is on your careers page reads as if it were written for me.",
            "Is the vacancy for a driver still open?",
            "I am enclosing my resume.",
            "My notice period is {count} weeks.",
        ),
        "trainee": (
            "Our son is in his last year of school and dreams of learning a trade in your workshop.",
            "Would you take a trainee for {count} weeks in {month}?",
            "The school asks for practical experience.",
            "Pay is not important.",
        ),
        "career change": (
            "After {count} years as a teacher I want to change my profession and saw your job advert.",
            "I was a nurse for a long time and am now looking for an office job.",
            "I learn quickly.",
            "May I come for a trial day?",
        ),
    },
    validation={
        "warehouse": (
            "I would like to work in your warehouse and am sending you my CV.",
            "I am applying for a job as a driver.",
            "I have experience and a licence.",
            "I could start at once.",
        ),
        "experience": (
            "I have been a bookkeeper for {count} years and am looking for a new position.",
            "My training as an electrician would fit your team.",
            "My present employer is closing.",
            "My salary expectation is {amount}.",
            "I enclose my references.",
        ),
    },
    test={
        "vacancy": (
            "I saw that you have a vacancy for a sales assistant and want to apply.",
            "Your job advert for a technician interests me very much.",
            "Please find my CV attached.",
            "I have worked in this trade for {count} years.",
            "I could start on {date}.",
        ),
        "any jobs": (
            "Are there any open jobs at your branch in {city}?",
            "I am looking for work and your company interests me.",
            "I have experience with customers.",
            "I would be glad to come for an interview.",
            "My certificates are attached.",
        ),
        "internship": (
            "I would like to do an internship in your workshop for {count} weeks.",
            "Is an apprenticeship with you still possible this year?",
            "I go to school until {month}.",
            "I like working with people.",
            "My parents agree.",
        ),
        "status": (
            "I applied to you on {date} and would like to know how my application stands.",
            "Is the position for which I applied still open?",
            "I am very interested in working for you.",
            "I am available from {month} on.",
            "May I ask when the interviews are?",
        ),
        "documents": (
            "Please find enclosed my cover letter and CV for the vacancy in your sales team.",
            "I am sending my documents for the vacancy in {city}.",
            "I have worked with customers for {count} years.",
            "I look forward to meeting you.",
        ),
    },
)

PRAISE = kind(
    "praise",
    train={
        "thanks": (
            "I just wanted to say thank you for the quick help.",
            "Thank you very much for the great service on {weekday}.",
            "That was really kind of you.",
            "We will recommend you.",
        ),
        "happy with product": (
            "We are very happy with the {product}.",
            "The {product} is excellent, everybody here loves it.",
            "It was worth every cent.",
            "I gladly order from you again.",
        ),
        "praise employee": (
            "I would like to praise your employee {person}.",
            "{person} from your team was very friendly and competent.",
            "Please pass this on.",
            "One does not see that often today.",
        ),
        "fast delivery": (
            "The delivery was super fast, thank you.",
            "Everything arrived in perfect condition and a day early.",
            "The driver even carried it up to the second floor.",
            "Great work.",
        ),
        "repair praise": (
            "The repair was done perfectly, the machine runs like new.",
            "Great that your technician came so quickly.",
            "He explained everything with patience.",
            "Keep it up.",
        ),
        "review": (
            "I gave you five stars for the excellent advice.",
            "You are the best supplier we have worked with so far.",
            "We have been customers since {month} and never regretted it.",
            "Many thanks to the whole team.",
        ),
        "hats off": (
            "Hats off to {person}, who saved our event by driving over at {time}.",
            "What a relief it was that you sorted out the mess with {number} within the hour.",
            "I did not think that was possible.",
            "Cake is on its way to your office.",
        ),
        "grateful": (
            "We are ever so grateful for how you looked after us when the {product} failed.",
            "It is rare that somebody calls back as promised, and it did us good.",
            "There is no need to reply.",
            "I told my whole network about it.",
        ),
        "fan": (
            "I have become a real fan of the {product}.",
            "Who would have thought that a {product} could make {count} people smile on a {weekday}?",
            "Please tell the designers.",
            "It looks lovely by the window.",
        ),
        "well done": (
            "Well done, that was a textbook move from start to finish.",
            "For once I write without a complaint: it all went like clockwork.",
            "The invoice was correct, the parcel on time, the tone friendly.",
            "May you stay the way you are.",
        ),
        "impressed": (
            "We are impressed by how smoothly the installation went.",
            "My colleagues are delighted with the new {product}.",
            "It exceeded our expectations.",
            "You made our week.",
        ),
    },
    validation={
        "praise": (
            "I want to praise the quick and friendly service of {person}.",
            "Thank you so much for your help last {weekday}, it was excellent.",
            "We are very happy.",
            "Keep up the good work.",
        ),
        "solved": (
            "The repair was perfect and everything runs like new, thank you.",
            "You handled our complaint so well that we are happy again.",
            "That was really kind.",
            "The whole team says thanks.",
            "Such good work deserves praise.",
        ),
    },
    test={
        "friendly": (
            "Your employee {person} was so friendly that I want to thank her.",
            "A big thank you to the technician who helped us on {weekday}.",
            "He was really competent.",
            "Please pass on our thanks.",
            "We recommend you wherever we can.",
        ),
        "love it": (
            "We love the new {product}.",
            "The {product} that we ordered is great, we are very happy with it.",
            "Everybody here is delighted.",
            "It was worth the money.",
            "We will order from you again.",
        ),
        "quick": (
            "Thank you for the super quick delivery.",
            "It was great how fast you helped us with {number}.",
            "Everything was perfect.",
            "One rarely sees such service.",
            "Many thanks to your team.",
        ),
        "five stars": (
            "Excellent advice, five stars from me.",
            "You are a great supplier, and I wanted to say that.",
            "We have never regretted being your customers.",
            "Stay as you are.",
            "I told my colleagues about you.",
        ),
        "compliment": (
            "A big compliment to your people in {city}.",
            "I have to say how pleased we were with the way you handled our complaint.",
            "That deserves a word of thanks.",
            "Nothing more, just that.",
        ),
    },
)
