// Whether the service has log-ins by mail: nothing says so before one is requested. It is asked again once the page is loaded
// anew.

let isOffered = true;

/** Whether log-ins by mail are offered: until the service has said that it has none. */
export const offersEmailLogIns = () => isOffered;

/** Notes that the service has no log-ins by mail. */
export function withdrawEmailLogIns() {
  isOffered = false;
}
