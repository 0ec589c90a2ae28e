import { useEffect, useState } from 'react';

/** The path of GraphiQL, which redirects to its page unless GraphiQL is disabled. */
const GRAPHIQL = '/graphiql';

/** A link to GraphiQL, for developers, if the service has it enabled. */
export function GraphiQlLink() {
  const [isEnabled, setEnabled] = useState(false);
  useEffect(() => {
    const controller = new AbortController();
    fetch(GRAPHIQL, { method: 'HEAD', redirect: 'manual', signal: controller.signal }).then(
      ({ type }) => setEnabled(type === 'opaqueredirect'),
      () => {},
    );
    return () => controller.abort();
  }, []);
  return (
    isEnabled && (
      <p className="crumbs">
        For developers: <a href={GRAPHIQL}>GraphiQL</a>
      </p>
    )
  );
}
