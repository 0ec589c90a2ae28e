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
# ACCOUNTS. Makes an account and signs you in. The
# page keeps the tokens of the answer for this tab
# of the browser: it sends the access token with
# each request, and refreshes the session by
# itself. The bar at the top says who you are. The
# name in the variables is not taken yet; change
# it as you like.
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
# Signs you in to the account that SignUp has
# made: when the bar at the top says "signed out".
# The page adds the device token that it was given
# before.
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
# Adds two dogs. When it sends the variables, the
# page puts the id of the owner that you added
# last in the place of "${OWNER_ID}". You can
# write the id of another owner of yours there.
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
# LISTS. Your owners, each with the first of its
# dogs. "hasNextPage" says that there are more:
# write the "endCursor" of the owners into "after"
# to see the next page of them, or ask for more
# "dogs".
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
# Finds dogs by breed and day of birth, the
# youngest first. All members of a filter have to
# hold; texts are compared whatever the case.
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
# Changes the dog that you added last. What is
# absent stays; null means that it is not known.
# With an "ownerId", the dog is moved.
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
# LIVE. Run it: it waits, and shows each change of
# your owners and dogs. To see one, open this page
# in another window, and run LogIn and AddOwner
# there. With the "cursor" of a change in "after",
# it begins after that change.
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
# ERRORS. Every error has a code, and an input
# that is refused tells all of its faults at once,
# each with the path of the member that it is
# about. Nothing changes.
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
# Says who is signed in, where, and what they have
# added.
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
# Removes the owner that you added last, with all
# of its dogs. Without "withDogs" that is a
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
# Signs you out: the tokens are refused from now
# on, and the page forgets them.
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
