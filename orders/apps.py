from django.apps import AppConfig

from kernel.jinja import register_global


class OrdersConfig(AppConfig):
    name = "orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register_global("last_sales", "orders.last_sold.last_sales")
