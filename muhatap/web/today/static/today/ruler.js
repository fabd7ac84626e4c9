// Where the whole day does not fit, the ruler is opened at the present moment.

const ruler = document.getElementById("today-ruler");
const now = ruler?.querySelector(".ruler-now");
if (now) ruler.scrollLeft = now.getBoundingClientRect().left - ruler.getBoundingClientRect().left - ruler.clientWidth * 0.4;
