// Where the whole day does not fit, the ruler is opened at the present moment, and again when its width changes.

const ruler = document.getElementById("today-ruler");

function show() {
  const now = ruler.querySelector(".ruler-now").getBoundingClientRect().left - ruler.getBoundingClientRect().left;
  ruler.scrollLeft += now - ruler.clientWidth * 0.6;
}

if (ruler) new ResizeObserver(show).observe(ruler);
