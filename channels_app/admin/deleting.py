"""How what must not vanish is deleted in the admin."""

from channels_app.teams import audit


class DeletedByRules:
    """A row is deleted as the product does it, and not while others need it."""

    def get_queryset(self, request):
        return super().get_queryset(request).filter(deleted_at=None)

    def needed_by(self, obj):
        """What stands in the way of deleting `obj`."""
        return []

    def let_go(self, obj, by):
        raise NotImplementedError

    def get_deleted_objects(self, objs, request):
        listed = [f"{self.opts.verbose_name}: {obj}" for obj in objs]
        in_the_way = [str(other) for obj in objs for other in self.needed_by(obj)]
        return listed, {self.opts.verbose_name_plural: len(listed)}, set(), in_the_way

    def delete_model(self, request, obj):
        self.let_go(obj, audit.person(request.user, "admin"))

    def delete_queryset(self, request, queryset):
        for obj in queryset:
            self.let_go(obj, audit.person(request.user, "admin"))
