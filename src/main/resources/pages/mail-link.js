// The page that a link in a mail leads to. The token is in the fragment of the URL: browsers do not send the fragment. It is
// removed from the history once read.
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
const factor = document.getElementById("factor");
const code = document.getElementById("code");
const status = document.querySelector("[role=status]");
const { mutation, done } = form.dataset;
let proof;

/** Reads the link in the address, also one that is opened in the same tab later. */
function begin() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  history.replaceState(null, "", location.pathname);
  proof = { token };
  form.dataset.mutation = mutation;
  form.hidden = false;
  if (code) {
    code.value = "";
    code.disabled = true;
    factor.hidden = true;
  }
  // Disabled until here: without this script, the browser would submit the form itself.
  button.disabled = !token;
  status.textContent = token ? "" : "This link is not whole. Open it from the mail once more.";
}

begin();
addEventListener("hashchange", begin);

// The mail has replaced the password, but not the second factor.
function askForCode(challenge) {
  proof = { challenge };
  form.dataset.mutation = "finishLogin";
  code.disabled = false;
  factor.hidden = false;
  code.focus();
}

/** Returns the input of the form. A code with letters is a recovery code. */
function entries() {
  const { code: text, ...rest } = Object.fromEntries(new FormData(form));
  if (text === undefined) {
    return rest;
  }
  return /^[\d ]*$/.test(text) ? { code: text } : { recoveryCode: text };
}

/** Returns whether no retry can succeed: the link or the challenge is invalid, or log-ins by mail are disabled. */
function isFinal({ reason, violations = [] }) {
  return reason === "EMAIL_LOGIN_DISABLED" || violations.some((violation) => violation.code === "INVALID_TOKEN");
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  status.textContent = "";
  const sent = proof;
  const input = { ...sent, ...entries() };
  try {
    const response = await fetch("graphql", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json" },
      body: JSON.stringify({ query: documents[form.dataset.mutation], variables: { input } }),
    });
    const { data, errors } = await response.json();
    if (sent !== proof) {
      // Another link was opened meanwhile.
      return;
    }
    if (data?.finishEmailLogin?.token) {
      askForCode(data.finishEmailLogin.token);
    } else if (!errors) {
      form.hidden = true;
      status.textContent = done;
    } else {
      form.hidden = isFinal(errors[0].extensions);
      status.textContent = errors[0].message;
    }
  } catch {
    if (sent !== proof) {
      return;
    }
    status.textContent = "Kennel can't be reached. Try again shortly.";
  }
  button.disabled = false;
});
