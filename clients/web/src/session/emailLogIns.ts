// Whether the service has log-ins by mail. The API reports that they are disabled only when one is requested. A reload of
// the app resets this state.

let isOffered = true;

/** Returns true until Kennel has refused a log-in by mail as disabled. */
export const offersEmailLogIns = () => isOffered;

/** Stops offering log-ins by mail. */
export function withdrawEmailLogIns() {
  isOffered = false;
}
