// Small posts of modules that are no forms. The token is the one htmx sends too.

export const token = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] ?? "";

export async function post(url, fields) {
  const answer = await fetch(url, { method: "POST", headers: { "X-CSRFToken": token(), "HX-Request": "true" }, body: new URLSearchParams(fields) });
  return answer.headers.get("content-type")?.startsWith("application/json") ? answer.json() : {};
}
