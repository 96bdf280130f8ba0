import { render } from 'preact';
import '../styles/tokens.css';
import '../styles/api-page.css';
import { ActAs } from './act-as.js';
import { givesTokens } from './swagger.js';

// Swagger UI's page says nothing of it, and phones would shrink what is laid out for a desk.
const viewport = document.createElement('meta');
viewport.name = 'viewport';
viewport.content = 'width=device-width, initial-scale=1';
document.head.append(viewport);

// Swagger UI makes itself when the page has loaded, too, and is first.
addEventListener('load', () => {
  const swagger = document.getElementById('swagger-ui');
  if (!window.ui || !swagger || !givesTokens(window.ui)) return;
  const bar = document.createElement('div');
  bar.className = 'act-as';
  swagger.before(bar);
  render(<ActAs ui={window.ui} />, bar);
});
