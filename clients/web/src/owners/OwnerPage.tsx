import { useQuery } from '@apollo/client/react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';

import { DogFields, dogFrom } from '../dogs/DogFields.tsx';
import { DogRow } from '../dogs/DogRow.tsx';
import { createDog } from '../dogs/mutations.ts';
import { explain } from '../failure/explain.ts';
import { LoadFailure } from '../failure/FailureMessage.tsx';
import { useAction } from '../failure/useAction.ts';
import type { ActionContext } from '../failure/useAction.ts';
import { graphql } from '../gql/index.ts';
import { LongList, PAGE_SIZE } from '../lists/LongList.tsx';
import type { PageArguments } from '../lists/LongList.tsx';
import { useListParams } from '../lists/useListParams.ts';
import { Confirm } from '../ui/Dialog.tsx';
import { Form, Submit } from '../ui/Form.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { deleteOwner } from './mutations.ts';
import { OwnerName } from './OwnerName.tsx';

const OWNER_PAGE = graphql(`
  query OwnerPage($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    owner(id: $id) {
      id
      name
      ...OwnerName_owner
      dogs(first: $first, after: $after, last: $last, before: $before) {
        totalCount
        edges {
          cursor
          node {
            id
            ...DogRow_dog
          }
        }
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
      }
    }
  }
`);

export function OwnerPage() {
  const { id = '' } = useParams();
  return <Owner key={id} id={id} />;
}

function Owner({ id }: { id: string }) {
  const { at, onAnchor } = useListParams({});
  const {
    data: current,
    previousData,
    error,
    fetchMore,
    refetch,
  } = useQuery(OWNER_PAGE, { variables: { id, first: PAGE_SIZE, after: at } });
  const data = current ?? previousData;
  const loadMore = useCallback((variables: PageArguments) => fetchMore({ variables }), [fetchMore]);
  const owner = data?.owner;
  const name = owner?.name ?? 'Owner';
  useEffect(() => {
    document.title = `${name} · Kennel`;
  }, [name]);
  if (error && !data) {
    const failure = explain(error);
    // A malformed id in the URL is BAD_USER_INPUT. It is handled as the id of a deleted owner.
    return failure.code === 'BAD_USER_INPUT' ? <Gone /> : <LoadFailure failure={failure} onRepeat={() => void refetch()} />;
  }
  if (!data) {
    return null;
  }
  if (!owner) {
    return <Gone />;
  }
  return (
    <>
      <p className="crumbs">
        <Link to="/owners">Owners</Link>
      </p>
      <div className="toolbar">
        <OwnerName owner={owner} />
        <RemoveOwner
          id={id}
          name={owner.name}
          dogCount={owner.dogs.totalCount}
          dogIds={owner.dogs.edges.map(({ node }) => node.id)}
        />
      </div>
      <section aria-labelledby="dogs">
        <h2 id="dogs">
          Dogs <span className="count">{owner.dogs.totalCount.toLocaleString('en')}</span>
        </h2>
        {owner.dogs.totalCount > 0 && (
          <LongList label="Dogs" page={owner.dogs} loadMore={loadMore} anchor={at} onAnchor={onAnchor}>
            {({ node }) => <DogRow dog={node} />}
          </LongList>
        )}
      </section>
      <AddDog ownerId={id} ownerName={owner.name} />
    </>
  );
}

function Gone() {
  return (
    <div className="empty">
      <h1>There is no such owner</h1>
      <p>It may have been removed on another device.</p>
      <Link to="/owners">All owners</Link>
    </div>
  );
}

function RemoveOwner({ id, name, dogCount, dogIds }: { id: string; name: string; dogCount: number; dogIds: string[] }) {
  const [isAsking, setAsking] = useState(false);
  const navigate = useNavigate();
  const toast = useToast();
  const remove = async () => {
    setAsking(false);
    await navigate('/owners');
    try {
      await deleteOwner(id, dogIds);
      toast({ message: `${name} was removed.` });
    } catch {
      toast({ message: `${name} could not be removed.`, isFault: true });
    }
  };
  return (
    <>
      <button type="button" onClick={() => setAsking(true)}>
        Remove
      </button>
      {isAsking && (
        <Confirm title={`Remove ${name}?`} action="Remove" onConfirm={() => void remove()} onClose={() => setAsking(false)}>
          <p>
            {dogCount === 0
              ? 'This can’t be undone.'
              : `${dogCount === 1 ? 'A dog goes' : `${dogCount.toLocaleString('en')} dogs go`} with it. This can’t be undone.`}
          </p>
        </Confirm>
      )}
    </>
  );
}

interface NewDog {
  name: string;
  breed: string | null;
  birthDate: string | null;
}

function AddDog({ ownerId, ownerName }: { ownerId: string; ownerName: string }) {
  const form = useRef<HTMLDivElement>(null);
  const [count, setCount] = useState(0);
  const action = useAction(
    useCallback(
      (dog: NewDog, context: ActionContext) => createDog({ ownerId, ...dog }, ownerName, context),
      [ownerId, ownerName],
    ),
  );
  const submit = async (data: FormData) => {
    if (await action.run(dogFrom(data, 'input'))) {
      // A new key remounts the inputs, empty for the next dog.
      setCount(count + 1);
      form.current?.querySelector('input')?.focus();
    }
  };
  return (
    <section aria-labelledby="add-dog" className="panel" ref={form}>
      <h2 id="add-dog">Add a dog</h2>
      <Form action={action} onSubmit={(data) => void submit(data)}>
        <DogFields key={count} path="input" autoFocus={count > 0} />
        <Submit>Add dog</Submit>
      </Form>
    </section>
  );
}
