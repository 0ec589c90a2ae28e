import { graphql } from 'relay-runtime';

// #region list
export const dogList = graphql`
  fragment DogList_query on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" })
  @refetchable(queryName: "DogListPaginationQuery") {
    myDogs(first: $count, after: $cursor, orderBy: { field: NAME }) @connection(key: "DogList_myDogs") {
      edges {
        node {
          ...DogList_dog
        }
      }
    }
  }
`;
// #endregion

export const dogListQuery = graphql`
  query DogListQuery($count: Int) {
    ...DogList_query @arguments(count: $count)
  }
`;

export const dog = graphql`
  fragment DogList_dog on Dog @refetchable(queryName: "DogListDogQuery") {
    name
    breed
    birthDate
    owner {
      ...DogList_owner
    }
  }
`;

// Backward pagination of a nested connection.
export const owner = graphql`
  fragment DogList_owner on Owner
  @argumentDefinitions(count: { type: "Int", defaultValue: 10 }, cursor: { type: "String" })
  @refetchable(queryName: "DogListOwnerPaginationQuery") {
    name
    dogs(last: $count, before: $cursor) @connection(key: "DogList_dogs") {
      totalCount
      edges {
        node {
          name
        }
      }
    }
  }
`;

export const signUp = graphql`
  mutation DogListSignUpMutation($input: SignupInput!) {
    signup(input: $input) {
      accessToken
      refreshToken
    }
  }
`;

export const createOwner = graphql`
  mutation DogListCreateOwnerMutation($input: CreateOwnerInput!) {
    createOwner(input: $input) {
      owner {
        id
      }
    }
  }
`;

// #region mutation
export const createDog = graphql`
  mutation DogListCreateDogMutation($input: CreateDogInput!, $connections: [ID!]!) {
    createDog(input: $input) {
      dog @appendNode(connections: $connections, edgeTypeName: "DogEdge") {
        ...DogList_dog
      }
    }
  }
`;

export const deleteDog = graphql`
  mutation DogListDeleteDogMutation($input: DeleteDogInput!) {
    deleteDog(input: $input) {
      deletedDogId @deleteRecord
    }
  }
`;
// #endregion

export const changes = graphql`
  subscription DogListChangesSubscription($after: String) {
    myChanges(after: $after) {
      cursor
      kind
      nodeId
      node {
        id
        ...DogList_dog @alias
      }
    }
  }
`;
