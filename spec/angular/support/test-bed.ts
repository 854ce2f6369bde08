/** Angular outside of a page: its compiler, and so much of a document as its test module asks for when it is destroyed. */
import '@angular/compiler';
import { type EnvironmentProviders, type Provider } from '@angular/core';
import { getTestBed, TestBed } from '@angular/core/testing';
import { BrowserTestingModule, platformBrowserTesting } from '@angular/platform-browser/testing';
import { afterEach } from 'vitest';

Object.assign(globalThis, { document: { querySelectorAll: () => [], head: { querySelectorAll: () => [] }, body: {} } });
getTestBed().initTestEnvironment(BrowserTestingModule, platformBrowserTesting());
afterEach(() => {
  TestBed.resetTestingModule();
});

/** An injector with these providers, until the spec is over. */
export function injectorWith(...providers: (Provider | EnvironmentProviders)[]): typeof TestBed {
  TestBed.configureTestingModule({ providers, teardown: { destroyAfterEach: true } });
  return TestBed;
}
