import './workers.js';
import 'graphiql/style.css';
import './explorer.css';

import { createRoot } from 'react-dom/client';
import { Explorer } from './explorer.jsx';

createRoot(document.getElementById('explorer')).render(<Explorer />);
