"""What goes wrong on campus, in English."""

from lodge.seeding.texts.words import FACILITY, SERVICES, TECHNICAL, Problem

PROBLEMS: dict[str, list[Problem]] = {
    FACILITY: [
        ("Radiator stays cold", "The radiator {place} has been cold {since}. We sit there in coats.", "heating"),
        (
            "Heating cannot be turned down",
            "The heating {place} has run at full power {since} and the valve is stuck.",
            "heating",
        ),
        (
            "Lift stuck between floors",
            "The lift {place} has been stuck {since}; the doors open a hand's width and close again.",
            "lift",
        ),
        (
            "Lift {number} out of order",
            "Lift {number} {place} has been out of order {since}. There is no other way up with a wheelchair.",
            "lift",
        ),
        (
            "Light flickers",
            "The ceiling light {place} has been flickering {since}. It gives people headaches.",
            "light",
        ),
        (
            "Ceiling lamp is dark",
            "Two of the lamps {place} have been dark {since}; the back rows cannot read.",
            "light",
        ),
        (
            "Water dripping from the ceiling",
            "Water has been dripping from the ceiling {place} {since}. There is a bucket under it for now.",
            "water",
        ),
        (
            "Tap does not close",
            "The tap in the washroom {place} has been running {since}; it cannot be closed any more.",
            "water",
        ),
        ("Toilet blocked", "The toilet next to the stairs {place} has been blocked {since}.", "water"),
        (
            "Window does not close",
            "A window {place} has not closed properly {since}. It rains in and it is very cold.",
            "windows",
        ),
        (
            "Door lock jams",
            "The lock of the door {place} has been jamming {since}. It takes several tries to get in.",
            "doors",
        ),
        (
            "Broken chair",
            "Three chairs {place} have been broken {since}; one gave way under a student.",
            "furniture",
        ),
        (
            "Blinds stuck",
            "The blinds {place} have been stuck half way {since} and the sun blinds everyone on the left side.",
            "windows",
        ),
        (
            "Whiteboard comes off the wall",
            "The whiteboard {place} has been coming off the wall on one side {since}.",
            "furniture",
        ),
        (
            "Strange smell",
            "There has been a smell of burnt plastic {place} {since}, strongest near socket {number}.",
            "ventilation",
        ),
        ("Bins not emptied", "The bins {place} have not been emptied {since}. There are wasps.", "cleaning"),
        (
            "Fire door does not shut",
            "The fire door {place} has not fallen shut {since}; someone put a chair in front of it.",
            "doors",
        ),
        (
            "Ventilation very loud",
            "The ventilation {place} has been so loud {since} that one cannot follow {course}.",
            "ventilation",
        ),
        ("Power socket dead", "Sockets {number} and the two beside it {place} have had no power {since}.", "power"),
        (
            "Bicycle rack damaged",
            "The bicycle rack {place} has had sharp edges {since}; a van must have hit it.",
            "outdoors",
        ),
    ],
    TECHNICAL: [
        (
            "No WiFi",
            "The WiFi {place} has been gone {since}; the phone finds the network but gets no address.",
            "wifi",
        ),
        (
            "WiFi drops every few minutes",
            "My connection {place} has dropped every few minutes {since}. Access point {number} has a red light.",
            "wifi",
        ),
        (
            "Cannot sign in to the portal",
            "The portal has refused my password {since}, and the reset mail never arrives.",
            "account",
        ),
        (
            "Account locked",
            "My account has been locked {since}, I believe after too many tries on my old phone.",
            "account",
        ),
        (
            "Projector shows no picture",
            "The projector {place} has shown no picture {since}. The laptop sees it, the lamp stays blue.",
            "projector",
        ),
        (
            "Projector {number} turns green",
            "Projector {number} {place} has shown everything in green {since}.",
            "projector",
        ),
        ("Printer jams", "Printer {number} {place} has jammed on every second page {since}.", "printer"),
        (
            "Printer out of toner",
            "Printer {number} {place} has been out of toner {since} and prints pale stripes.",
            "printer",
        ),
        (
            "Print job vanished",
            "I have paid for a print job and waited for it {since}: it never came out of printer {number} {place}.",
            "printer",
        ),
        (
            "Lab computer does not start",
            "Computer {number} {place} has not started {since}; it beeps three times.",
            "computer",
        ),
        ("Very slow computer", "The computers {place} have taken ten minutes to sign in {since}.", "computer"),
        (
            "Licence expired",
            "The statistics software {place} has had no valid licence {since}. We need it in {course}.",
            "licence",
        ),
        ("VPN does not connect", "The VPN has stopped at 90 percent {since}, with error {number}.", "vpn"),
        (
            "No sound in the lecture hall",
            "There has been no sound {place} {since}; the microphone works but the speakers do not.",
            "audio",
        ),
        ("Mail does not arrive", "Mails from outside have not reached my university address {since}.", "mail"),
        (
            "Course missing in the learning platform",
            "{course} has not appeared in the learning platform {since}, though I am enrolled.",
            "learning-platform",
        ),
        (
            "Upload fails",
            "The upload for {course} has failed with error {number} {since}. The file is only 4 MB.",
            "learning-platform",
        ),
        (
            "Two-factor app lost",
            "I have had a new phone {since} and cannot confirm the second factor any more.",
            "account",
        ),
        (
            "Network socket without signal",
            "Network socket {number} {place} has given no signal {since}.",
            "network",
        ),
        ("Keyboard broken", "The keyboard of computer {number} {place} has had dead keys {since}.", "computer"),
    ],
    SERVICES: [
        (
            "Long queue in the canteen",
            "The queue in the canteen {place} has taken 40 minutes {since}; only one till was open at {hour}.",
            "canteen",
        ),
        ("Cold lunch", "Lunch {place} has been served cold {since}, and nobody wants to hear about it.", "canteen"),
        (
            "No vegetarian meal left",
            "There has been no vegetarian meal left after {hour} {since} {place}.",
            "canteen",
        ),
        (
            "Library closed early",
            "The library {place} has closed before its posted time {since}. I came all the way for it.",
            "library",
        ),
        (
            "Fine for a returned book",
            "I was fined for book {number}, which I had returned {place} in time.",
            "library",
        ),
        (
            "Reserved book given away",
            "Book {number}, which I had reserved, was given to someone else {place}.",
            "library",
        ),
        (
            "No answer from the student office",
            "The student office has not answered my mail about {course} {since}.",
            "student-office",
        ),
        (
            "Unfriendly at the counter",
            "I was sent away rudely at the counter {place}; I had only asked for a form.",
            "front-desk",
        ),
        (
            "Shuttle bus did not come",
            "The shuttle bus of {hour} has not come {since}, and there is no notice {place}.",
            "shuttle",
        ),
        (
            "Shuttle too full",
            "The shuttle has been so full {since} that twenty of us are left {place} at {hour}.",
            "shuttle",
        ),
        (
            "Room booked twice",
            "The group room {place} has been booked twice {since}; we had to leave in the middle.",
            "rooms",
        ),
        (
            "Wrong information about the deadline",
            "I was told another deadline for {course} than the one on the page.",
            "student-office",
        ),
        (
            "Student card not ready",
            "My student card was promised for last week and has not been ready {since}.",
            "student-office",
        ),
        (
            "Too noisy during exams",
            "Building work {place} has been going on during the exams of {course} {since}.",
            "rooms",
        ),
        (
            "Lost and found never answers",
            "I left a bag {place}, and the lost and found has not picked up {since}.",
            "front-desk",
        ),
        ("Gym lockers without locks", "Half of the lockers of the gym {place} have had no locks {since}.", "rooms"),
        (
            "Certificate with a wrong name",
            "My certificate for {course} carries the wrong name, and I have waited for a new one {since}.",
            "student-office",
        ),
        (
            "Parking permit refused",
            "My parking permit {number} was refused without a reason, and I have paid for it {since}.",
            "outdoors",
        ),
    ],
}
