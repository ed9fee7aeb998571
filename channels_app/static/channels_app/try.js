// The newest of a bot that is tried is in sight.
const bubbles = document.querySelector(".try-bubbles");
bubbles.scrollTop = bubbles.scrollHeight;
