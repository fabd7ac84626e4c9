"""Its WSGI application in four threads behind uvicorn: the same server as ours."""

from typing import Any, cast

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

application: Any = WSGIMiddleware(cast(Any, get_wsgi_application()), workers=4)
