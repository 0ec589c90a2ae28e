import { lazy, Suspense } from 'react';
import type { ComponentType } from 'react';
import { Navigate, Route, Routes } from 'react-router';

import { OwnersPage } from './owners/OwnersPage.tsx';
import { LogInPage } from './session/LogInPage.tsx';
import { SignedIn } from './session/SignedIn.tsx';
import { Toasts } from './ui/Toasts.tsx';

/** Code-splits a page. While its module loads, the previous page stays visible: React Router navigates in a transition. */
function page<K extends string>(name: K, load: () => Promise<{ [name in K]: ComponentType }>) {
  return lazy(async () => ({ default: (await load())[name] }));
}

const AccountPage = page('AccountPage', () => import('./account/AccountPage.tsx'));
const DogsPage = page('DogsPage', () => import('./dogs/DogsPage.tsx'));
const NewOwnerDialog = page('NewOwnerDialog', () => import('./owners/NewOwnerDialog.tsx'));
const OwnerPage = page('OwnerPage', () => import('./owners/OwnerPage.tsx'));
const SignUpPage = page('SignUpPage', () => import('./session/SignUpPage.tsx'));
const EmailLogInPage = page('EmailLogInPage', () => import('./session/EmailLogInPage.tsx'));
const ForgotPasswordPage = page('ForgotPasswordPage', () => import('./session/ForgotPasswordPage.tsx'));
const ResetPasswordPage = page('ResetPasswordPage', () => import('./session/MailLinkPages.tsx'));
const RestoreEmailPage = page('RestoreEmailPage', () => import('./session/MailLinkPages.tsx'));
const VerifyEmailPage = page('VerifyEmailPage', () => import('./session/MailLinkPages.tsx'));

export function App() {
  return (
    <Toasts>
      <Suspense>
        <Routes>
          <Route path="login" element={<LogInPage />} />
          <Route path="signup" element={<SignUpPage />} />
          <Route path="email-login" element={<EmailLogInPage />} />
          <Route path="forgot-password" element={<ForgotPasswordPage />} />
          <Route path="reset-password" element={<ResetPasswordPage />} />
          <Route path="verify-email" element={<VerifyEmailPage />} />
          <Route path="restore-email" element={<RestoreEmailPage />} />
          <Route element={<SignedIn />}>
            <Route path="owners" element={<OwnersPage />}>
              <Route path="new" element={<NewOwnerDialog />} />
            </Route>
            <Route path="owners/:id" element={<OwnerPage />} />
            <Route path="dogs" element={<DogsPage />} />
            <Route path="account" element={<AccountPage />} />
            <Route path="*" element={<Navigate to="/owners" replace />} />
          </Route>
        </Routes>
      </Suspense>
    </Toasts>
  );
}
