// In this order, on one set of processes.
import './gateway/document.js';
import './gateway/requests.js';
import './gateway/streams.js';
import './gateway/away.js';
import './gateway/silent-apps.js';
