"""English."""

from lodge.seeding.texts.en_problems import PROBLEMS
from lodge.seeding.texts.words import FACILITY, SERVICES, TECHNICAL, Words

WORDS = Words(
    code="en",
    places=("in room {room} ({building})", "at {building}", "on campus"),
    since=[
        "since this morning",
        "since yesterday",
        "since Monday",
        "for three days now",
        "for about a week",
        "since the weekend",
        "since the storm",
        "since the start of term",
        "since {hour}",
    ],
    greetings=["Hello,", "Hi,", "Good morning,", "Dear helpdesk,", "Hi there,"],
    closings=[
        "Thanks!",
        "Thank you for looking into it.",
        "Many thanks in advance.",
        "Could somebody have a look?",
        "Please let me know what I can do.",
        "You can reach me here any time.",
    ],
    extra={
        FACILITY: [
            "It is getting worse.",
            "A few others have noticed it too.",
            "There is a class there at {hour}.",
            "I can send a photo.",
            "I reported it last month as well.",
            "The sticker says {number}.",
            "It is worst in the afternoon.",
        ],
        TECHNICAL: [
            "I have restarted everything, without luck.",
            "A few others have it too.",
            "We need it for {course} next week.",
            "It is worst in the afternoon.",
            "The sticker says asset {number}.",
            "My deadline is on Friday.",
            "It worked last week.",
        ],
        SERVICES: [
            "It is not the first time.",
            "Others were just as annoyed.",
            "Nobody could tell me whom to ask.",
            "I had {course} right after that.",
            "I would have expected an apology.",
            "It happened around {hour}.",
        ],
    },
    problems=PROBLEMS,
    first={
        FACILITY: [
            "Hello {name}, thank you for telling us. I am looking into it.",
            "Hi {name}, I have taken this on. Is it still like that?",
            "Hello {name}, a technician comes by tomorrow between 9 and 11. Will somebody be there?",
            "Hi {name}, I have passed it on to the caretaker and stay with it.",
            "Good morning {name}, I will go there today and tell you what comes of it.",
        ],
        TECHNICAL: [
            "Hi {name}, I have taken this on. Is it still like that?",
            "Thanks, {name}. Can you tell me when it began and whether others have it too?",
            "Hello {name}, could you send the number on the sticker, please?",
            "Hello {name}, please restart it once and tell me whether it helps.",
            "Good morning {name}, we see it too and are on it.",
        ],
        SERVICES: [
            "Hello {name}, thank you for writing. I am sorry to hear that.",
            "Hi {name}, I have asked the team there and will come back to you.",
            "Thanks, {name}. At what time was that?",
            "Hello {name}, you are right to complain; I am looking into it.",
            "Good morning {name}, could you send me your student number, please?",
        ],
    },
    update={
        FACILITY: [
            "The part is ordered and should be here within the week.",
            "We have found the cause; the repair is planned for tomorrow at {hour}.",
            "The company was here and has to come again with the right tool.",
            "The caretaker was there at {hour} and found the door locked. When can we get in?",
        ],
        TECHNICAL: [
            "I have restarted it from here. Could you try once more?",
            "It works in our test. Does it work for you as well?",
            "Your account is reset. Please choose a new password and tell me if it lets you in.",
            "The replacement is on its way and should be here within the week.",
            "Number {number} was the wrong one on our list, sorry. We are going to the right one now.",
        ],
        SERVICES: [
            "I am still waiting for the answer of the office and have asked again.",
            "The manager there has promised an answer by tomorrow at {hour}.",
            "They say it was a mistake on their side. May I pass on your name?",
            "I have talked to them; a second till opens from next week on.",
        ],
    },
    solved={
        FACILITY: [
            "It is repaired. Thank you for your patience, {name}!",
            "Done: it has been replaced and tested. I am closing this.",
            "Fixed this morning. If it comes back, just reopen the ticket.",
        ],
        TECHNICAL: [
            "This works again. If it comes back, just reopen the ticket.",
            "The setting was wrong and is right now. I am closing the ticket.",
            "Done: it has been replaced and tested. Have a good day, {name}!",
        ],
        SERVICES: [
            "We have talked to the team, and they apologise. It will not happen again.",
            "The mistake has been put right. Thank you for telling us, {name}.",
            "They have changed how they do it. I am closing this, with thanks for the hint.",
        ],
    },
    answer=[
        "Yes, it is still the same.",
        "It is number {number}.",
        "I was there at {hour} and it had not changed.",
        "Tomorrow at {hour} suits me well.",
        "Thanks for the quick answer! Yes, others have it too.",
        "I tried it again just now, without luck.",
        "It is a little better, but not good.",
        "The sticker says {number}, if that helps.",
        "I am not there on Friday, but my flatmate is.",
    ],
    nudge=[
        "Is there any news?",
        "Has somebody seen this?",
        "I wanted to ask how it stands.",
        "It has become worse, could somebody come today?",
        "We have {course} there at {hour}, it is getting urgent.",
    ],
    again=[
        "Sorry, it is back again.",
        "It worked for a day and now it is the same as before.",
        "It is not solved: I was there at {hour} and nothing had changed.",
    ],
    thanks=[
        "Great, thank you!",
        "It works, thanks a lot.",
        "Perfect, that was quick.",
        "All good now, you can close it.",
        "Thank you very much for your help!",
    ],
)

NOTES = [
    "Called the caretaker; he goes there at {hour}.",
    "Same as number {number} last week, probably the same cause.",
    "Spare part ordered, order {number}.",
    "Waiting for the supplier, asked again.",
    "Requester is friendly but hard to reach by phone.",
    "Not ours? Asked the network team.",
    "Budget line {number} has been agreed with the manager.",
    "Saw it myself at {hour}, it is real.",
    "Please take this with you when you are in the building.",
    "Third report about this in a month.",
]
