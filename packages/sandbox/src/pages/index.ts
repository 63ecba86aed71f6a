export { accountChooserPage } from "./account-chooser-page.ts";
export { consentPage } from "./consent-page.ts";
export { registerPageRoutes } from "./register-page-routes.ts";
export { sendPage } from "./send-page.ts";
export { signInErrorPage } from "./sign-in-error-page.ts";
