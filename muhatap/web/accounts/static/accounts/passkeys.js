// Passkeys: asks the browser for a credential and puts it into the form. Data comes as JSON in the page or from the server.

const form = document.querySelector("form[data-passkey]");
const refused = document.querySelector("[data-passkey-refused]");

const bytes = (text) => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0)).buffer;
};

const text = (buffer) => {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};

const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

// Browsers that cannot yet read the JSON form themselves get its byte fields translated.
function creation(options) {
  return {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: known(options.excludeCredentials),
  };
}

function request(options) {
  return { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) };
}

function sendable(credential) {
  const { response } = credential;
  const answer = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) {
    answer.attestationObject = text(response.attestationObject);
    answer.transports = response.getTransports?.() ?? [];
  } else {
    answer.authenticatorData = text(response.authenticatorData);
    answer.signature = text(response.signature);
    answer.userHandle = response.userHandle ? text(response.userHandle) : null;
  }
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: answer,
  };
}

async function options() {
  const here = document.getElementById("passkey-data");
  if (here) return JSON.parse(here.textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

async function ask() {
  const data = await options();
  if (form.dataset.passkey === "add") {
    const { publicKey } = data.creation_options;
    const wish = { residentKey: "required", requireResidentKey: true, userVerification: "required" };
    const selection = { ...publicKey.authenticatorSelection, ...wish };
    return navigator.credentials.create({ publicKey: creation({ ...publicKey, authenticatorSelection: selection }) });
  }
  return navigator.credentials.get({ publicKey: request(data.request_options.publicKey) });
}

async function send(event) {
  event.preventDefault();
  refused.hidden = true;
  try {
    form.querySelector("[name=credential]").value = JSON.stringify(sendable(await ask()));
    form.submit();
  } catch (error) {
    refused.hidden = false;
    refused.focus();
    delete form.dataset.sent;
  }
}

if (form && window.PublicKeyCredential) form.addEventListener("submit", send);
else if (form) {
  refused.hidden = false;
  for (const button of form.querySelectorAll("button")) button.disabled = true;
}
