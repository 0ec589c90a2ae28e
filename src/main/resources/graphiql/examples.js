// The examples that GraphiQL's tabs have at first. Run one after another, each works.

const OWNER_ID = '{{ownerId}}';

const DOG_ID = '{{dogId}}';

/** What stands in variables for the id of an object that was added last, and where that id is found and kept. */
export const PLACEHOLDERS = [
  { text: OWNER_ID, key: 'kennel.ownerId', member: 'owner', mutation: /\bcreateOwner\b/, example: 'AddOwner' },
  { text: DOG_ID, key: 'kennel.dogId', member: 'dog', mutation: /\bcreateDog\b/, example: 'AddDogs' },
];

/**
 * Makes a person up who has no account yet.
 *
 * @returns {{username: string, password: string}} the person
 */
export function newPerson() {
  return { username: `ann-${random(8)}`, password: `ann-${random(12)}` };
}

/**
 * Makes a person's tabs.
 *
 * @param {{username: string, password: string}} person the person
 * @returns {{query: string, variables?: string}[]} the tabs, in the order in which they are meant to be run
 */
export function exampleTabs({ username, password }) {
  return [
    tab(
      `
# ACCOUNTS. Creates an account and signs in. The
# page keeps the tokens of the response for this
# browser tab: it sends the access token with each
# request, and refreshes the session by itself.
# The bar at the top shows the account. The name in
# the variables is available; change it if you
# like.
mutation SignUp($input: SignupInput!) {
  signup(input: $input) {
    user {
      id
      username
      email
      createdAt
    }
    accessToken
    refreshToken
    deviceToken
    tokenType
    expiresAt
  }
}`,
      { input: { username, email: `${username}@example.com`, password } },
    ),
    tab(
      `
# Signs in to the account that SignUp created. Run
# it when the bar at the top shows "signed out".
# The page adds the stored device token.
mutation LogIn($input: LoginInput!) {
  login(input: $input) {
    user {
      username
    }
    accessToken
    refreshToken
    deviceToken
    expiresAt
  }
}`,
      { input: { username, password } },
    ),
    tab(
      `
# WRITES. Adds an owner. The page remembers the
# owner's id for AddDogs.
mutation AddOwner($input: CreateOwnerInput!) {
  createOwner(input: $input) {
    owner {
      id
      name
      createdAt
    }
  }
}`,
      { input: { name: 'Ann' } },
    ),
    tab(
      `
# Adds two dogs. In the variables, the page
# replaces "${OWNER_ID}" by the id of the owner
# added last. The id of any other owner of yours
# works, too.
mutation AddDogs(
  $rex: CreateDogInput!
  $bella: CreateDogInput!
) {
  rex: createDog(input: $rex) {
    dog {
      ...Added
    }
  }
  bella: createDog(input: $bella) {
    dog {
      ...Added
    }
  }
}

fragment Added on Dog {
  id
  name
  breed
  birthDate
  owner {
    name
  }
}`,
      {
        rex: { ownerId: OWNER_ID, name: 'Rex', breed: 'Border Collie', birthDate: '2020-02-29' },
        bella: { ownerId: OWNER_ID, name: 'Bella', breed: 'Beagle', birthDate: '2023-06-01' },
      },
    ),
    tab(
      `
# LISTS. Your owners, each with its first dog.
# "hasNextPage" is true if there are more: set
# "after" to the "endCursor" of the owners to load
# their next page, or increase "dogs".
query ListOwners(
  $first: Int
  $after: String
  $dogs: Int
) {
  myOwners(first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      id
      name
      dogs(first: $dogs) {
        totalCount
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          id
          name
          breed
        }
      }
    }
  }
}`,
      { first: 10, after: null, dogs: 1 },
    ),
    tab(
      `
# The owners first, then the dogs of all of them:
# "@defer" delivers a fragment later, in one part,
# to clients that ask for parts. For others, the
# result is whole.
query DeferDogs {
  myOwners {
    nodes {
      name
      ... @defer(label: "dogs") {
        dogs {
          nodes {
            name
          }
        }
      }
    }
  }
}`,
    ),
    tab(
      `
# Finds dogs by breed and date of birth, youngest
# first. All fields of a filter must match; texts
# are compared ignoring case.
query FindDogs(
  $filter: DogFilter
  $orderBy: DogOrder
) {
  myDogs(
    first: 10
    filter: $filter
    orderBy: $orderBy
  ) {
    totalCount
    nodes {
      name
      breed
      birthDate
      owner {
        name
      }
    }
  }
}`,
      {
        filter: { breed: { startsWith: 'b' }, birthDate: { gte: '2020-01-01' } },
        orderBy: { field: 'BIRTH_DATE', direction: 'DESC' },
      },
    ),
    tab(
      `
# Searches the names and breeds of your owners and
# dogs: each word has to be contained. Counts your
# dogs by breed; "and", "or" and "not" combine
# filters.
query Search($text: String!, $filter: DogFilter) {
  search(text: $text, first: 10) {
    totalCount
    nodes {
      __typename
      ... on Owner {
        name
      }
      ... on Dog {
        name
        breed
      }
    }
  }
  dogsByBreed(filter: $filter) {
    breed
    count
  }
}`,
      {
        text: 'rex collie',
        filter: { or: [{ breed: { contains: 'collie' } }, { owner: { name: { eq: 'ann' } } }] },
      },
    ),
    tab(
      `
# Changes the dog added last. Absent fields stay
# unchanged; null means unknown. An "ownerId"
# moves the dog to another owner.
mutation ChangeDog($input: UpdateDogInput!) {
  updateDog(input: $input) {
    dog {
      id
      name
      breed
      birthDate
    }
  }
}`,
      { input: { id: DOG_ID, name: 'Bella II', breed: null } },
    ),
    tab(
      `
# LIVE. Waits, and shows each change of your
# owners and dogs. To see one, open this page in
# another window, and run LogIn and AddOwner
# there. Set "after" to the "cursor" of a change to
# resume after it.
subscription FollowChanges($after: String) {
  myChanges(after: $after) {
    cursor
    kind
    nodeId
    at
    node {
      id
      ... on Owner {
        name
      }
      ... on Dog {
        name
        owner {
          name
        }
      }
    }
  }
}`,
      { after: null },
    ),
    tab(
      `
# ERRORS. Every error has an "extensions.code". A
# rejected input lists all of its violations, each
# with a path and a code. Nothing changes.
mutation AllFaults($input: CreateDogInput!) {
  createDog(input: $input) {
    dog {
      id
    }
  }
}`,
      { input: { ownerId: 'nobody', name: '', breed: '' } },
    ),
    tab(
      `
# The signed-in account, its sessions, and its
# numbers of owners and dogs.
query Me {
  me {
    id
    username
    email
    sessions {
      userAgent
      lastUsedAt
      current
    }
    owners {
      totalCount
    }
    dogs {
      totalCount
    }
  }
}`,
    ),
    tab(
      `
# TWO STEPS. Makes a secret for an authenticator
# app. It has no effect before you confirm it with
# a code of the app, within 15 minutes:
#   confirmTotp(input: {code: "…"}) {
#     recoveryCodes
#   }
# From then on, "login" is refused. Log in with
# "beginLogin", and with the token and a code:
#   finishLogin(input: {challenge: "…", code: "…"}) {
#     accessToken
#     refreshToken
#   }
# "disableTotp" turns it off.
mutation BeginTotp {
  beginTotp {
    secret
    uri
    expiresAt
  }
}`,
    ),
    tab(
      `
# BY MAIL. Where the service has log-ins by mail
# ("kennel.auth.email-login.enabled"), mails a code
# if this is the verified address of an account: see
# "requestEmailVerification". If the option is off:
# FORBIDDEN. Log in within ten minutes:
#   finishEmailLogin(
#     input: {browserSecret: "…", code: "…"}
#   ) {
#     ... on AuthPayload {
#       accessToken
#       refreshToken
#     }
#     ... on LoginChallenge {
#       token
#     }
#   }
# "browserSecret" is null with the driver "cookie":
# the browser has it.
# "token" is for "finishLogin".
mutation RequestEmailLogIn(
  $input: RequestEmailLoginInput!
) {
  requestEmailLogin(input: $input) {
    browserSecret
    expiresAt
  }
}`,
      { input: { email: `${username}@example.com` } },
    ),
    tab(
      `
# Deletes the owner added last, with all of its
# dogs. Without "withDogs", an owner with dogs is a
# CONFLICT.
mutation RemoveOwner($input: DeleteOwnerInput!) {
  deleteOwner(input: $input) {
    deletedOwnerId
    deletedDogIds
    deletedDogCount
  }
}`,
      { input: { id: OWNER_ID, withDogs: true } },
    ),
    tab(
      `
# Signs out: the tokens are rejected from now on,
# and the page forgets them.
mutation LogOut {
  logout {
    success
  }
}`,
    ),
  ];
}

function tab(query, variables) {
  return {
    query: `${query.trim()}\n`,
    variables: variables === undefined ? undefined : JSON.stringify(variables, null, 2),
  };
}

function random(length) {
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => (byte % 36).toString(36)).join('');
}
