// The entry: styles, and the application in its place.

import './styles/main.css';
import { App } from './app.ts';

const root = document.getElementById('app');
if (root) void new App(root).start();
