import { bootstrapApplication } from '@angular/platform-browser';
import { App } from './app/app';
import { appConfig } from './app/app.config';
import type { Authority } from './app/authority';

fetch('/config.json')
  .then((response) => response.json() as Promise<readonly Authority[]>)
  .then((authorities) => bootstrapApplication(App, appConfig(authorities)))
  .catch((error: unknown) => {
    document.body.textContent = `This page needs its server, which npm start runs. ${String(error)}`;
  });
