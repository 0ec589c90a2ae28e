// The examples that GraphiQL's tabs have at first. Run one after another, each works.

/** What stands in variables for the id of the owner that was added last. */
export const OWNER_ID = '{{ownerId}}';

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
# Makes an account and signs you in. The page keeps
# the access token of the answer, and sends it from
# now on in the header "Authorization". The bar at
# the top says who you are. The name in the variables
# is not taken yet; change it as you like.
mutation SignUp($input: SignupInput!) {
  signup(input: $input) {
    user {
      id
      username
      email
      createdAt
    }
    accessToken
    tokenType
    expiresAt
  }
}`,
      { input: { username, email: `${username}@example.com`, password } },
    ),
    tab(
      `
# Signs you in to the account that SignUp has made.
# An access token does not last long: run this again
# when the bar at the top says "signed out".
mutation LogIn($input: LoginInput!) {
  login(input: $input) {
    user {
      username
    }
    accessToken
    expiresAt
  }
}`,
      { input: { username, password } },
    ),
    tab(
      `
# Adds an owner. The page remembers the owner's id
# for AddDogs.
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
# Adds two dogs. When it sends the variables, the page
# puts the id of the owner that you added last in the
# place of "${OWNER_ID}". You can write the id of
# another owner of yours there.
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
# Lists your owners, each with the first of its dogs.
# "hasNextPage" says that there are more: write the
# "endCursor" of the owners into "after" to see the
# next page of them, or ask for more "dogs".
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
# Finds dogs by breed and day of birth, the youngest
# first. All members of a filter have to hold; texts
# are compared whatever the case.
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
# Says who is signed in, and what they have added.
query Me {
  me {
    id
    username
    email
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
# Signs you out: the access token is refused from now
# on, and the page forgets it.
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
