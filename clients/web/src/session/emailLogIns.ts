// Whether the service has log-ins by mail: nothing says so before one is requested. Reset by a reload.

let isOffered = true;

/** Whether log-ins by mail are offered: until the service has said that it has none. */
export const offersEmailLogIns = () => isOffered;

/** Notes that the service has no log-ins by mail. */
export function withdrawEmailLogIns() {
  isOffered = false;
}
