# SPDX-License-Identifier: Apache-2.0
"""A site of Django's that answers requests with a rendered page."""

import django
from django.conf import settings

PAGE = """<h1>{{ title|upper }}</h1>{% for row in rows %}<p class="{% cycle 'a' 'b' %}">
{{ row.name|title }}: {{ row.price|floatformat:2 }}{% if row.left < 3 %} few left{% endif %}
</p>{% endfor %}"""

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", {"page.html": PAGE})]},
        }
    ],
)
django.setup()

from django.http import HttpResponse  # noqa: E402
from django.template.loader import render_to_string  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.urls import path  # noqa: E402


def price(number):
    return number * 1.25


def shop(request):
    rows = [{"name": "article %d" % i, "price": price(i), "left": i % 7} for i in range(40)]
    return HttpResponse(render_to_string("page.html", {"title": "shop", "rows": rows}))


urlpatterns = [path("shop/", shop)]
application = WSGIHandler()


def main():
    factory = RequestFactory()
    for _ in range(60):
        environment = factory.get("/shop/").environ
        assert application(environment, lambda status, headers: None).status_code == 200


if __name__ == "__main__":
    main()
