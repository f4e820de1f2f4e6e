// The entry: styles, and the application in its place.

import './styles/main.css';
import { App } from './app.ts';
import { identityIn, openDatabase } from './device/identity.ts';

const root = document.getElementById('app');
if (root) {
  const database = await openDatabase();
  const identity = database && await identityIn(database);
  void new App(root, { database, identity }).start();
}
