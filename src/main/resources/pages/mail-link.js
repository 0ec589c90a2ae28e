// The page that a link in a mail leads to. The token is after the number sign, which browsers send to nobody; once read,
// it is taken out of the address, so that it is not in the history either.
"use strict";

const documents = {
  finishEmailLogin:
    "mutation ($input: FinishEmailLoginInput!) { finishEmailLogin(input: $input) { ... on LoginChallenge { token } } }",
  finishLogin: "mutation ($input: FinishLoginInput!) { finishLogin(input: $input) { user { id } } }",
  resetPassword: "mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { success } }",
  restoreEmail: "mutation ($input: RestoreEmailInput!) { restoreEmail(input: $input) { user { id } } }",
  verifyEmail: "mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { user { id } } }",
};

const form = document.querySelector("form");
const button = form.querySelector("button");
const status = document.querySelector("[role=status]");
const token = new URLSearchParams(location.hash.slice(1)).get("token");
let proof = { token };
history.replaceState(null, "", location.pathname);

// Until here the form can't be sent: without this script, a browser would send it by itself.
if (token) {
  button.disabled = false;
} else {
  status.textContent = "This link is not whole. Open it from the mail once more.";
}

// The mail has replaced the password only.
function askForCode(challenge) {
  proof = { challenge };
  form.dataset.mutation = "finishLogin";
  const code = document.getElementById("code");
  code.disabled = false;
  document.getElementById("factor").hidden = false;
  code.focus();
}

/** What the form has; recovery codes have letters. */
function entries() {
  const { code, ...rest } = Object.fromEntries(new FormData(form));
  if (code === undefined) {
    return rest;
  }
  return /^[\d ]*$/.test(code) ? { code } : { recoveryCode: code };
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  status.textContent = "";
  const input = { ...proof, ...entries() };
  try {
    const response = await fetch("graphql", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json" },
      body: JSON.stringify({ query: documents[form.dataset.mutation], variables: { input } }),
    });
    const { data, errors } = await response.json();
    if (data?.finishEmailLogin?.token) {
      askForCode(data.finishEmailLogin.token);
    } else if (!errors) {
      form.hidden = true;
      status.textContent = form.dataset.done;
      return;
    } else {
      status.textContent = errors[0].message;
    }
  } catch {
    status.textContent = "Kennel can't be reached. Try again shortly.";
  }
  button.disabled = false;
});
