import { render } from 'preact';
import { App } from './app.js';
import { applyStoredTheme } from './shell/theme-toggle.js';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/hero.css';
import './styles/sides.css';
import './styles/people.css';
import './styles/feed.css';
import './styles/reactions.css';
import './styles/thread.css';
import './styles/inbox.css';
import './styles/groups.css';

applyStoredTheme();
const page = document.getElementById('page');
if (page) render(<App />, page);
