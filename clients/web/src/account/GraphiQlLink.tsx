import { useEffect, useState } from 'react';

/** Where Kennel has GraphiQL, unless it is switched off: a path that leads on to its page. */
const GRAPHIQL = '/graphiql';

/** Leads developers to GraphiQL, if the service has it. */
export function GraphiQlLink() {
  const [isThere, setThere] = useState(false);
  useEffect(() => {
    const controller = new AbortController();
    fetch(GRAPHIQL, { method: 'HEAD', redirect: 'manual', signal: controller.signal }).then(
      ({ type }) => setThere(type === 'opaqueredirect'),
      () => {},
    );
    return () => controller.abort();
  }, []);
  return (
    isThere && (
      <p className="crumbs">
        For developers: <a href={GRAPHIQL}>GraphiQL</a>
      </p>
    )
  );
}
