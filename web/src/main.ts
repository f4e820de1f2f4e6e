// The entry: styles, and the application in its place.

import './styles/main.css';
import { App } from './app.ts';
import { identityIn } from './device/identity.ts';
import { openDatabase } from './offline/database.ts';

const root = document.getElementById('app');
if (root) {
  const database = await openDatabase(
    // Another window holds an older form of it, and gives it back as soon as nothing is under way.
    () => { root.textContent = 'Fermez les autres fenêtres de cette page. Close the other windows of this page.'; },
    () => { location.reload(); },
  );
  const identity = database && await identityIn(database);
  void new App(root, { database, identity }).start();
}
