"""A campaign that the classifier never read of: what the shifted window of the demo is made of."""

# Louder, longer, about another matter, and partly in another language.
OPENINGS = (
    "ATTENTION!!! THIS CONCERNS THE RECALL OF YOUR BATTERIES!!!",
    "URGENT!!! PLEASE READ THIS TO THE END!!!",
    "SECOND REQUEST!!! NOBODY ANSWERS US!!!",
    "EILT!!! RÜCKRUF DER AKKUS!!!",
)

ENGLISH = (
    "WE SAW ON TELEVISION THAT THE BATTERY PACKS OF SERIES {number} CATCH FIRE, AND WE HAVE {count} OF THEM!!!",
    "MY WHOLE FAMILY IS WORRIED AND THE FIRE BRIGADE TOLD US TO PUT THEM INTO THE GARDEN!!!",
    "The hotline plays music for {count} minutes and then it hangs up, I have tried it {count} times since {weekday}.",
    "WHO PAYS FOR THE DAMAGE??? WHO IS RESPONSIBLE FOR THIS???",
    "Serial numbers: {number}, {number}, {number}, {number}, {number} and {number}, bought in {city} on {date}.",
    "The newspaper says {count} out of 100 packs are affected, your own page says nothing at all about it!",
    "OUR INSURANCE WANTS A WRITTEN STATEMENT FROM YOU BEFORE {date}, OTHERWISE OUR LAWYER WILL WRITE!!!",
    "A neighbour's pack became so hot that the shelf below it turned black, see the {count} pictures attached.",
    "IS IT SAFE TO CHARGE THEM OVERNIGHT? IS IT SAFE TO KEEP THEM IN THE HOUSE AT ALL???",
    "I demand a replacement for all {count} packs and {amount} for the trouble.",
)

GERMAN = (
    "Wir haben aus der Zeitung erfahren, dass die Akkus der Baureihe {number} überhitzen können!!!",
    "Bitte teilen Sie uns UMGEHEND mit, ob unsere {count} Geräte betroffen sind und was wir tun müssen!",
    "Die Seriennummern lauten {number}, {number} und {number}, gekauft in {city}.",
    "Für die Rücksendung brauchen wir außerdem geeignete Behälter, denn die Post nimmt sie so nicht an!!!",
    "Wer übernimmt die Kosten von {amount}??? Wir müssen das bis {date} wissen.",
    "Unsere Beschäftigten weigern sich verständlicherweise, die Geräte weiter zu benutzen.",
)
